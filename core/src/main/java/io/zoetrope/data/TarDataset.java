package io.zoetrope.data;

import io.zoetrope.data.FolderDataset.Options;
import io.zoetrope.data.TarSamples.Sample;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.media.MediaEndings;
import io.zoetrope.media.NaturalOrder;
import io.zoetrope.media.Video;
import io.zoetrope.torch.AtomicFiles;
import io.zoetrope.torch.RandomStreams;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Clips and captions in tars, as webdataset and programs that write for it have them. Clips stand
 * in an order that reads tars from front to back and yet mixes them: the tars' order is shuffled,
 * and each clip is drawn from a buffer of those that come next.
 *
 * <p>Headers and captions are read when it is opened; a clip is copied out of its tar and decoded
 * when asked for, resampled and cut as clips of a folder are ({@link FolderDataset}). Thread-safe.
 * Close it: tars that were compressed lie in temporary files.
 */
public final class TarDataset implements ClipDataset, AutoCloseable {
  private final Options options;
  private final List<TarMembers> tars;
  private final List<Sample> samples;

  private TarDataset(Options options, List<TarMembers> tars, List<Sample> samples) {
    this.options = options;
    this.tars = List.copyOf(tars);
    this.samples = List.copyOf(samples);
  }

  /** Whether a name is that of a tar, or of several. */
  public static boolean isTar(Path path) {
    return TarMembers.isTar(String.valueOf(path.getFileName()));
  }

  /**
   * The tars that a text names.
   *
   * @param path a tar, a folder of such, or several by {@code clips-{000000..000007}.tar}
   * @throws UserError if one is not there
   */
  public static List<Path> tars(String path) {
    Path one = Path.of(path);
    if (Files.isDirectory(one)) {
      try (Stream<Path> files = Files.list(one)) {
        List<Path> found =
            files
                .filter(file -> TarMembers.isTar(String.valueOf(file.getFileName())))
                .sorted(NaturalOrder.FILES)
                .toList();
        if (found.isEmpty()) {
          throw new UserError(Fault.NOT_FOUND, "folder '%s' has no tars".formatted(path));
        }
        return found;
      } catch (IOException e) {
        throw AtomicFiles.cannot("look into", one, e);
      }
    }
    List<Path> named = Braces.names(path).stream().map(Path::of).toList();
    List<Path> missing = named.stream().filter(file -> !Files.isRegularFile(file)).toList();
    if (!missing.isEmpty()) {
      throw new UserError(
          Fault.NOT_FOUND,
          missing.size() == 1
              ? "there is no tar '%s'".formatted(missing.getFirst())
              : "there is no tar '%s', nor %s others that '%s' names"
                  .formatted(missing.getFirst(), missing.size() - 1, path));
    }
    return named;
  }

  /**
   * Opens tars.
   *
   * @param options of the clips; one window of each video
   * @param buffer clips among which the next one is drawn; 0 for the order in the tars
   * @throws UserError in one line, if a tar is damaged, or a clip has no caption; it names the
   *     first few and says how many there are
   */
  public static TarDataset open(List<Path> files, Options options, int buffer) {
    RandomStreams random = new RandomStreams(options.seed());
    List<Path> order = new ArrayList<>(files);
    if (buffer > 0) {
      Collections.shuffle(order, Random.from(new SplittableRandom(random.key("order of tars"))));
    }
    List<TarMembers> tars = new ArrayList<>();
    try {
      List<String> problems = new ArrayList<>();
      List<Sample> samples = new ArrayList<>();
      for (Path file : order) {
        TarMembers tar = TarMembers.open(file);
        tars.add(tar);
        samples.addAll(TarSamples.of(tar, problems::add));
      }
      if (samples.isEmpty() && problems.isEmpty()) {
        problems.add("there are no videos or pictures in them");
      }
      if (!problems.isEmpty()) {
        int shown = Math.min(3, problems.size());
        String more =
            problems.size() > shown ? "; and %s more".formatted(problems.size() - shown) : "";
        throw new UserError(
            Fault.DAMAGED,
            "tars from '%s' on: %s%s"
                .formatted(files.getFirst(), String.join("; ", problems.subList(0, shown)), more));
      }
      List<Sample> mixed =
          buffer > 0
              ? mixed(samples, buffer, new SplittableRandom(random.key("order of clips")))
              : samples;
      return new TarDataset(options, tars, mixed);
    } catch (RuntimeException e) {
      tars.forEach(TarMembers::close);
      throw e;
    }
  }

  /** Each is drawn from a buffer, into which the next one comes. */
  private static List<Sample> mixed(List<Sample> samples, int buffer, SplittableRandom random) {
    List<Sample> waiting = new ArrayList<>(samples.subList(0, Math.min(buffer, samples.size())));
    List<Sample> mixed = new ArrayList<>();
    for (Sample next : samples.subList(waiting.size(), samples.size())) {
      mixed.add(waiting.set(random.nextInt(waiting.size()), next));
    }
    Collections.shuffle(waiting, Random.from(random));
    mixed.addAll(waiting);
    return mixed;
  }

  /** What was found, in one line. */
  public String summary() {
    return "%s %s in %s %s"
        .formatted(
            samples.size(),
            samples.size() == 1 ? "clip" : "clips",
            tars.size(),
            tars.size() == 1 ? "tar" : "tars");
  }

  @Override
  public long size() {
    return samples.size();
  }

  /**
   * The clip, decoded now.
   *
   * @throws UserError if it is damaged, or too short
   */
  @Override
  public Clip get(long index) {
    return unpacked(index, file -> new Clip(file.video(options, index), file.caption()));
  }

  @Override
  public Video opacity(long index) {
    return unpacked(index, file -> file.opacity(options, index));
  }

  @Override
  public String caption(long index) {
    return sample(index).caption();
  }

  @Override
  public String print(long index) {
    return unpacked(index, file -> file.print(options, index));
  }

  @Override
  public Origin origin(long index) {
    return unpacked(index, file -> file.origin(options, index));
  }

  private Sample sample(long index) {
    return samples.get(Math.toIntExact(index));
  }

  private <T> T unpacked(long index, Function<ClipFile, T> body) {
    Sample sample = sample(index);
    String name = sample.clip().name();
    try {
      Path file = Files.createTempFile("zoetrope-", "." + MediaEndings.of(name));
      try {
        sample.tar().copy(sample.clip(), file);
        FolderListing.Entry entry = new FolderListing.Entry(file, name, sample.caption(), 1);
        ClipFile clip = ClipFile.of(entry, index, options);
        if (clip.tooShort(options)) {
          throw new UserError(Fault.MISMATCH, clip.shortness(options));
        }
        return body.apply(clip);
      } catch (UserError e) {
        String told = e.reason().replace(file.toString(), TarMembers.shown(name));
        throw new UserError(e.fault(), "tar '%s': %s".formatted(sample.tar().tar(), told), e);
      } finally {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UserError(Fault.NO_ACCESS, "cannot use a temporary file: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    tars.forEach(TarMembers::close);
  }
}
