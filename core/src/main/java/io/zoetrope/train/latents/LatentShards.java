package io.zoetrope.train.latents;

import io.zoetrope.checkpoint.safetensors.Dtype;
import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsHeader;
import io.zoetrope.data.ClipDataset;
import io.zoetrope.data.ClipShape;
import io.zoetrope.data.Origin;
import io.zoetrope.error.Fault;
import io.zoetrope.error.Mend;
import io.zoetrope.error.UserError;
import io.zoetrope.network.vae.LatentGrid;
import io.zoetrope.progress.Phase;
import io.zoetrope.progress.Progress;
import io.zoetrope.progress.Report;
import io.zoetrope.torch.AtomicFiles;
import io.zoetrope.torch.FileDigest;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import io.zoetrope.train.footage.LatentClips;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PrimitiveIterator;
import java.util.SequencedMap;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;

/**
 * Writes latents of clips into shards, safetensors files of about the same size that appear whole
 * or not at all. What is there is not made again: each shard says what it holds, so that a run that
 * died has lost its last shard at most. A shard's name is that of its content; several processes
 * may write into one folder.
 *
 * @param folder of the shards
 * @param clips shape of the clips
 * @param rate of the clips, frames per second
 * @param dtype BF16 or F32
 * @param bytes of latents in a shard, about
 */
public record LatentShards(Path folder, ClipShape clips, double rate, Dtype dtype, long bytes) {
  /** Of latents in a shard. */
  public static final long USUAL_BYTES = 256L << 20;

  private static final String FORMAT = "zoetrope-latent-shard";
  private static final String VERSION = "1";
  private static final String PREFIX = "latents-";
  private static final String ENDING = ".safetensors";
  private static final int KEY_DIGITS = 32;
  private static final int NAME_DIGITS = 16;

  public LatentShards {
    if (dtype != Dtype.BF16 && dtype != Dtype.F32) {
      throw new IllegalArgumentException("latents are kept in BF16 or F32");
    }
    if (bytes < 1) {
      throw new IllegalArgumentException("a shard holds something");
    }
  }

  /**
   * Where latents lie.
   *
   * @param shard the file's name
   * @param shape of the tensor, {@code CxFxHxW}
   */
  public record Place(String shard, String shape) implements java.io.Serializable {}

  /** Bytes of the latents of a clip. */
  public long clipBytes(LatentGrid grid) {
    return (long) grid.channels()
        * grid.latents(clips.frames())
        * (clips.height() / grid.space())
        * (clips.width() / grid.space())
        * dtype.bytes();
  }

  /** Deletes what runs that were killed left unfinished; for when nobody else writes. */
  public void sweep() {
    AtomicFiles.sweep(folder);
  }

  /**
   * What the shards of the folder hold, by keys.
   *
   * @throws UserError if one of them is damaged
   */
  public Map<String, Place> there() {
    Map<String, Place> all = new HashMap<>();
    if (!Files.isDirectory(folder)) {
      return all;
    }
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(LatentShards::isShard).sorted().toList()) {
        try (FileChannel channel = FileChannel.open(file)) {
          SafetensorsHeader header = header(file, channel);
          if (FORMAT.equals(header.metadata().get("format"))
              && VERSION.equals(header.metadata().get("version"))) {
            String name = String.valueOf(file.getFileName());
            header
                .entries()
                .forEach((key, entry) ->
                    all.putIfAbsent(key, new Place(name, LatentRow.shape(entry.shape()))));
          }
        }
      }
    } catch (IOException e) {
      throw AtomicFiles.cannot("read", folder, e);
    }
    return all;
  }

  private static SafetensorsHeader header(Path file, FileChannel channel) throws IOException {
    try {
      return SafetensorsHeader.read(file.toString(), channel);
    } catch (UserError e) {
      throw new UserError(
          e.fault(), e.reason(), Mend.of("remove it, and its latents are written again"), e);
    }
  }

  private static boolean isShard(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.startsWith(PREFIX) && name.endsWith(ENDING);
  }

  /**
   * Encodes some clips.
   *
   * @param numbers of the clips
   * @param there what need not be encoded; {@link #there}
   * @param bad is told of each clip that cannot be read, by its number; it may throw, then what was
   *     encoded before is kept
   * @param progress told how many are done; stops between them
   * @return a row for each clip but the bad ones, in their order
   * @throws java.util.concurrent.CancellationException when progress says so; what was encoded is
   *     kept
   */
  public List<LatentRow> encode(
      ClipDataset data,
      long[] numbers,
      Map<String, Place> there,
      LatentEncoder encoder,
      BiConsumer<Long, UserError> bad,
      Progress progress) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw AtomicFiles.cannot("write", folder, e);
    }
    Work work = new Work(encoder, new HashMap<>(there), new LinkedHashMap<>());
    List<Draft> drafts = new ArrayList<>();
    try {
      PrimitiveIterator.OfLong each = Arrays.stream(numbers).iterator();
      for (long done = 0; each.hasNext(); done++) {
        progress.requireGoing(done, numbers.length);
        long number = each.nextLong();
        try {
          drafts.add(work.encode(data, number));
        } catch (UserError e) {
          bad.accept(number, e);
        }
        progress.update(Report.of(Phase.ENCODE, done + 1, numbers.length));
      }
    } finally {
      work.flush();
    }
    return drafts.stream().map(draft -> row(draft, work)).toList();
  }

  /** A row whose shard is not known yet. */
  private record Draft(long number, String key, String caption, Origin origin) {}

  private LatentRow row(Draft draft, Work work) {
    Place place = work.places.getOrDefault(draft.key, new Place("", ""));
    Origin origin = draft.origin;
    return new LatentRow(
        draft.number,
        draft.key,
        place.shard,
        draft.key,
        place.shape,
        dtype.name(),
        clips.width(),
        clips.height(),
        origin.frames(),
        rate,
        origin.start(),
        origin.crop(),
        draft.caption,
        origin.source(),
        origin.digest(),
        work.encoder.print());
  }

  /** What has been encoded and is in no shard yet. */
  private final class Work {
    private final LatentEncoder encoder;
    private final Map<String, Place> places;
    private final SequencedMap<String, Tensor> waiting;
    private long held;

    Work(LatentEncoder encoder, Map<String, Place> places, SequencedMap<String, Tensor> waiting) {
      this.encoder = encoder;
      this.places = places;
      this.waiting = waiting;
    }

    Draft encode(ClipDataset data, long number) {
      Origin origin = data.origin(number);
      String key = key(origin, encoder.print());
      if (!places.containsKey(key) && !waiting.containsKey(key)) {
        Tensor z =
            Scopes.keep(
                Scopes.tensor(() ->
                    Scopes.noGrad(() ->
                        LatentClips.encoded(
                                encoder.autoencoder(), data.get(number), number, dtype.scalarType())
                            .select(0, 0)
                            .contiguous())));
        waiting.put(key, z);
        held += z.nbytes();
        if (held >= bytes) {
          flush();
        }
      }
      return new Draft(number, key, data.caption(number), origin);
    }

    void flush() {
      if (waiting.isEmpty()) {
        return;
      }
      MessageDigest digest = FileDigest.sha256();
      waiting.keySet().forEach(key -> digest.update(key.getBytes(StandardCharsets.UTF_8)));
      String name = PREFIX + FileDigest.text(digest).substring(0, NAME_DIGITS) + ENDING;
      Safetensors.write(
          folder.resolve(name),
          waiting,
          Map.of("format", FORMAT, "version", VERSION, "model", encoder.print()));
      waiting.forEach((key, z) -> {
        List<Long> sizes = Arrays.stream(Tensors.shape(z)).boxed().toList();
        places.put(key, new Place(name, LatentRow.shape(sizes)));
        Scopes.free(z);
      });
      waiting.clear();
      held = 0;
    }
  }

  private String key(Origin origin, String print) {
    MessageDigest digest = FileDigest.sha256();
    List<Object> said =
        List.of(
            origin.digest(),
            origin.start(),
            origin.frames(),
            origin.crop(),
            clips.width(),
            clips.height(),
            rate,
            dtype,
            print);
    digest.update(said.toString().getBytes(StandardCharsets.UTF_8));
    return FileDigest.text(digest).substring(0, KEY_DIGITS);
  }

  /**
   * That a folder's index is of clips as these, so that theirs may replace it.
   *
   * @throws UserError if it is of others, or an engine's
   */
  public void requireOwn(String print) {
    LatentIndex.find(folder)
        .map(LatentIndex::read)
        .ifPresent(index -> index.rows().forEach(row -> requireOwn(index, row, print)));
  }

  private void requireOwn(LatentIndex index, LatentRow row, String print) {
    boolean alike =
        row.width() == clips.width()
            && row.height() == clips.height()
            && (row.frames() == clips.frames() || row.frames() == 1)
            && row.rate() == rate
            && row.dtype().equals(dtype.name())
            && row.model().equals(print);
    if (!alike) {
      throw new UserError(
          Fault.OCCUPIED,
          "index '%s' has latents of other clips or another model: %s at %s per second, %s, model %s"
              .formatted(index.table(), row.clip(), row.rate(), row.dtype(), row.model()),
          "name another folder");
    }
  }
}
