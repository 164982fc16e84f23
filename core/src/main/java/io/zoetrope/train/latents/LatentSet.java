package io.zoetrope.train.latents;

import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import io.zoetrope.data.Clip;
import io.zoetrope.data.ClipDataset;
import io.zoetrope.data.ClipShape;
import io.zoetrope.data.Origin;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.train.footage.LatentClips;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.bytedeco.pytorch.Tensor;

/**
 * Clips of which the latents are there already, in shards that are mapped and not read. It knows
 * their captions, and has no pictures. Close it when nothing is learned from it any more.
 */
public final class LatentSet implements ClipDataset, AutoCloseable {
  private final LatentIndex index;
  private final List<LatentRow> rows;
  private final Map<String, SafetensorsFile> shards = new HashMap<>();
  private final String summary;

  private LatentSet(LatentIndex index, List<LatentRow> rows, String summary) {
    this.index = index;
    this.rows = rows;
    this.summary = summary;
  }

  /**
   * Opens those of an index that are of clips of a shape and rate.
   *
   * @param path folder of the index, or the index
   * @throws UserError in one line, if there are none, or a shard is not as the index says
   */
  public static LatentSet open(Path path, ClipShape shape, double rate) {
    LatentIndex index = LatentIndex.read(path);
    if (index.rows().isEmpty()) {
      throw new UserError(Fault.NOT_FOUND, "index '%s' names no latents".formatted(index.table()));
    }
    List<LatentRow> rows =
        index.rows().stream()
            .filter(row -> row.clip().equals(shape) && row.rate() == rate)
            .toList();
    if (rows.isEmpty()) {
      throw new UserError(
          Fault.MISMATCH,
          "index '%s' has no clips of %s at %s per second".formatted(index.table(), shape, rate),
          "it has " + shapes(index.rows()));
    }
    int others = index.rows().size() - rows.size();
    String summary =
        "%s clips of %s at %s per second, encoded already%s"
            .formatted(
                rows.size(), shape, rate, others == 0 ? "" : "; " + others + " of other shapes");
    LatentSet set = new LatentSet(index, rows, summary);
    try {
      rows.forEach(set::check);
    } catch (RuntimeException e) {
      set.close();
      throw e;
    }
    return set;
  }

  private static String shapes(List<LatentRow> rows) {
    Map<String, Long> counts =
        rows.stream()
            .collect(
                Collectors.groupingBy(
                    row -> "%s at %s".formatted(row.clip(), row.rate()),
                    TreeMap::new,
                    Collectors.counting()));
    return counts.entrySet().stream()
        .limit(4)
        .map(shape -> "%s of %s".formatted(shape.getValue(), shape.getKey()))
        .collect(Collectors.joining(", "));
  }

  /** That a row's tensor is where and what the index says. */
  private void check(LatentRow row) {
    LatentRow first = rows.getFirst();
    SafetensorsFile.Entry entry = shard(row).entries().get(row.tensor());
    if (entry == null) {
      throw new UserError(
          Fault.DAMAGED,
          "index '%s' names '%s' in shard %s, which has no such tensor"
              .formatted(index.table(), row.tensor(), row.shard()));
    }
    if (!entry.shape().equals(row.sizes()) || !entry.shape().equals(first.sizes())) {
      throw new UserError(
          Fault.MISMATCH,
          "tensor '%s' of shard %s is %s, where index '%s' says %s, and %s of its first clip"
              .formatted(
                  row.tensor(),
                  row.shard(),
                  LatentRow.shape(entry.shape()),
                  index.table(),
                  row.shape(),
                  first.shape()));
    }
  }

  private SafetensorsFile shard(LatentRow row) {
    return shards.computeIfAbsent(
        row.shard(),
        name -> {
          Path file = index.folder().resolve(name);
          if (!Files.exists(file)) {
            throw new UserError(
                Fault.NOT_FOUND,
                "index '%s' names shard %s, which is not there".formatted(index.table(), name),
                "encode the clips again: what is missing is written");
          }
          return Safetensors.open(file);
        });
  }

  /**
   * The first of its clips, for what was trained with an autoencoder, or is.
   *
   * @param model its print ({@link AutoencoderPrint})
   * @throws UserError if they are of another
   */
  public LatentClips clips(String model, int count) {
    for (LatentRow row : rows) {
      if (!row.model().equals(model)) {
        throw new UserError(
            Fault.MISMATCH,
            "latents of '%s' are of another autoencoder: %s, and this one is %s"
                .formatted(index.table(), row.model(), model),
            "encode the clips with this one");
      }
    }
    List<LatentRow> taken = rows.subList(0, count);
    return new LatentClips(
        new Mapped(taken, shards), taken.stream().map(LatentRow::caption).toList());
  }

  /** Latents where they lie. */
  private record Mapped(List<LatentRow> rows, Map<String, SafetensorsFile> shards)
      implements LatentClips.Latents {
    @Override
    public int size() {
      return rows.size();
    }

    @Override
    public List<Long> shape() {
      return rows.getFirst().sizes();
    }

    @Override
    public Tensor clip_CFHW(int clip) {
      LatentRow row = rows.get(clip);
      return Objects.requireNonNull(shards.get(row.shard())).tensor(row.tensor());
    }
  }

  /** How many there are, in one line. */
  public String summary() {
    return summary;
  }

  @Override
  public long size() {
    return rows.size();
  }

  /**
   * None.
   *
   * @throws UserError always
   */
  @Override
  public Clip get(long number) {
    throw new UserError(
        Fault.UNSUPPORTED,
        "this learns from pictures, and '%s' has latents alone".formatted(index.table()),
        "name the clips: data.kind: folder");
  }

  @Override
  public String caption(long number) {
    return rows.get(Math.toIntExact(number)).caption();
  }

  @Override
  public String print(long number) {
    return rows.get(Math.toIntExact(number)).key();
  }

  @Override
  public Origin origin(long number) {
    LatentRow row = rows.get(Math.toIntExact(number));
    return new Origin(row.source(), row.sha256(), row.start(), row.frames(), row.crop());
  }

  @Override
  public void close() {
    shards.values().forEach(SafetensorsFile::close);
    shards.clear();
  }
}
