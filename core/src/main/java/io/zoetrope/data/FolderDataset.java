package io.zoetrope.data;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.media.MediaEndings;
import io.zoetrope.media.ReadOptions;
import io.zoetrope.media.Resize;
import io.zoetrope.media.Video;
import io.zoetrope.media.VideoInfo;
import io.zoetrope.media.VideoReader;
import io.zoetrope.torch.AtomicFiles;
import io.zoetrope.torch.FileDigest;
import io.zoetrope.torch.RandomStreams;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A user's own clips: a folder of videos and pictures with their captions ({@link FolderListing}
 * says how those are found). Every file is looked at when the folder is opened, so that a night's
 * training does not end at file 4711; nothing is skipped in silence.
 *
 * <p>Clips are decoded when asked for, resampled to the wanted rate, and cut at the middle to the
 * wanted size. The window of a long video depends on the seed, its name and the number of the
 * window only. Thread-safe.
 */
public final class FolderDataset implements ClipDataset {
  private static final int SHOWN = 10;

  /**
   * What every clip of the set looks like.
   *
   * @param width pixels across
   * @param height pixels down
   * @param frames frames of each clip of a video; a picture is always a clip of one frame
   * @param fps rate to which videos are resampled
   * @param windows clips taken from each video, each from its own place in time
   * @param seed chooses those places
   */
  public record Options(int width, int height, int frames, double fps, int windows, long seed) {
    public Options {
      if (width < 1 || height < 1) {
        throw new UserError(
            Fault.INVALID, "clips need at least 1x1 pixels, not " + width + "x" + height);
      }
      if (frames < 1) {
        throw new UserError(Fault.INVALID, "clips need at least 1 frame, not " + frames);
      }
      if (!(fps > 0) || fps > 1000) {
        throw new UserError(
            Fault.INVALID, "frames per second must be above 0 and at most 1000, not " + fps);
      }
      if (windows < 1) {
        throw new UserError(Fault.INVALID, "take at least 1 window of each video, not " + windows);
      }
    }

    /** One window of each video. */
    public static Options of(int width, int height, int frames, double fps) {
      return new Options(width, height, frames, fps, 1, 0);
    }

    public Options windows(int value) {
      return new Options(width, height, frames, fps, value, seed);
    }

    public Options seed(long value) {
      return new Options(width, height, frames, fps, windows, value);
    }
  }

  private final Options options;
  private final List<Source> sources;
  private final String summary;

  /**
   * A file with what the header says.
   *
   * @param name below the folder
   * @param length frames at the wanted rate; 1 for a picture
   * @param first index of its first clip
   * @param clips how many it gives
   */
  private record Source(
      Path path, String name, String caption, boolean still, long length, long first, int clips) {}

  private FolderDataset(Options options, List<Source> sources, String summary) {
    this.options = options;
    this.sources = List.copyOf(sources);
    this.summary = summary;
  }

  /**
   * Opens a folder.
   *
   * @throws UserError in one line, if a caption or a file is missing, a file cannot be read, or a
   *     video is too short; it names the first few and says how many there are
   */
  public static FolderDataset open(Path folder, Options options) {
    return open(folder, options, path -> true);
  }

  /** Of some of its files; what is wrong with the others is nobody's business. */
  static FolderDataset open(Path folder, Options options, Predicate<Path> wanted) {
    FolderListing all = FolderListing.of(folder);
    FolderListing listing =
        new FolderListing(
            all.entries().stream().filter(entry -> wanted.test(entry.path())).toList(),
            all.problems(),
            all.others(),
            all.notes());
    List<String> problems = new ArrayList<>(listing.problems());
    List<Source> sources = new ArrayList<>();
    long first = 0;
    int pictures = 0;
    int cut = 0;
    for (FolderListing.Entry entry : listing.entries()) {
      try {
        VideoInfo info = VideoReader.probe(entry.path());
        long length = info.still() ? 1 : length(entry.path(), info, options.fps());
        if (!info.still() && length < options.frames()) {
          problems.add(
              "%s has %s frames at %s per second, %s are needed"
                  .formatted(
                      folder.relativize(entry.path()), length, options.fps(), options.frames()));
          continue;
        }
        int clips = entry.repeats() * (info.still() ? 1 : options.windows());
        sources.add(
            new Source(
                entry.path(), entry.name(), entry.caption(), info.still(), length, first, clips));
        first += clips;
        pictures += info.still() ? 1 : 0;
        Resize fit = Resize.cover(info.width(), info.height(), options.width(), options.height());
        boolean whole = fit.cropWidth() == info.width() && fit.cropHeight() == info.height();
        cut += whole ? 0 : 1;
      } catch (UserError e) {
        problems.add(e.getMessage());
      }
    }
    if (!problems.isEmpty()) {
      throw new UserError(Fault.DAMAGED, FolderListing.summary(folder, problems));
    }
    String summary =
        "%s, %s, %s; %s cut at the sides to %sx%s%s"
            .formatted(
                counted(sources.size() - pictures, "video"),
                counted(pictures, "picture"),
                counted(first, "clip"),
                cut == 1 ? "1 is" : cut + " are",
                options.width(),
                options.height(),
                leftAlone(listing.others())
                    + listing.notes().stream().map("; "::concat).collect(Collectors.joining()));
    return new FolderDataset(options, sources, summary);
  }

  private static String leftAlone(List<String> others) {
    int shown = Math.min(SHOWN, others.size());
    String more = others.size() > shown ? " and %s more".formatted(others.size() - shown) : "";
    return others.isEmpty()
        ? ""
        : "; other files left alone: " + String.join(", ", others.subList(0, shown)) + more;
  }

  /** Frames that a video gives at the wanted rate; decodes it where the file does not say. */
  static long length(Path path, VideoInfo info, double fps) {
    if (info.seconds().isPresent()) {
      double slack = 0.499 / Math.max(fps, info.fps());
      return (long) Math.ceil((info.seconds().getAsDouble() - slack) * fps);
    }
    try (VideoReader reader = VideoReader.open(path, ReadOptions.ALL.fps(fps))) {
      long count = 0;
      while (reader.next().isPresent()) {
        count++;
      }
      return count;
    }
  }

  @Override
  public long size() {
    Source last = sources.getLast();
    return last.first() + last.clips();
  }

  /** What was found and what is done to it, in one line. */
  public String summary() {
    return summary;
  }

  /** The file that a clip comes from. */
  public Path path(long index) {
    return source(index).path();
  }

  /**
   * The clip, decoded now.
   *
   * @throws UserError if the file has changed or turns out to be damaged
   */
  @Override
  public Clip get(long index) {
    Source source = source(index);
    Video video = source.still() ? VideoReader.read(source.path()) : window(source, index);
    return new Clip(Resize.cover(video, options.width(), options.height()), source.caption());
  }

  @Override
  public String caption(long index) {
    return source(index).caption();
  }

  /** Of the content of its file, and the window's place in it. */
  @Override
  public String print(long index) {
    Source source = source(index);
    return source.still()
        ? FileDigest.of(source.path())
        : FileDigest.of(source.path()) + "@" + place(source, index);
  }

  @Override
  public Video beside(long index, Path folder) {
    Source source = source(index);
    Path file = beside(source, folder);
    VideoInfo info = VideoReader.probe(file);
    VideoInfo own = VideoReader.probe(source.path());
    if (info.width() != own.width() || info.height() != own.height()) {
      throw new UserError(
          Fault.MISMATCH,
          "'%s' is %sx%s, and '%s', which it stands beside, %sx%s"
              .formatted(
                  file, info.width(), info.height(), source.path(), own.width(), own.height()));
    }
    Video video =
        source.still()
            ? VideoReader.read(file)
            : VideoReader.read(
                file,
                ReadOptions.ALL
                    .fps(options.fps())
                    .start(place(source, index) / options.fps())
                    .maxFrames(options.frames()));
    int wanted = source.still() ? 1 : options.frames();
    if (video.frames().size() < wanted) {
      throw new UserError(
          Fault.MISMATCH,
          "'%s' has %s frames, %s are needed".formatted(file, video.frames().size(), wanted));
    }
    return Resize.cover(
        new Video(video.frames().subList(0, wanted), video.fps()),
        options.width(),
        options.height());
  }

  /** The file of the same name in another folder. */
  private static Path beside(Source source, Path folder) {
    String name = source.name();
    int dot = name.lastIndexOf('.');
    Path stem = folder.resolve(dot > name.lastIndexOf('/') ? name.substring(0, dot) : name);
    Path place = Optional.ofNullable(stem.getParent()).orElse(folder);
    try (Stream<Path> files = Files.isDirectory(place) ? Files.list(place) : Stream.empty()) {
      return files
          .filter(MediaEndings::isMedia)
          .filter(file -> {
            String other = String.valueOf(file.getFileName());
            return other
                .substring(0, other.lastIndexOf('.'))
                .equals(String.valueOf(stem.getFileName()));
          })
          .sorted()
          .findFirst()
          .orElseThrow(() ->
              new UserError(
                  Fault.NOT_FOUND,
                  "folder '%s' has nothing beside '%s'".formatted(folder, name),
                  "put a picture or video of that name there"));
    } catch (IOException e) {
      throw AtomicFiles.cannot("look into", place, e);
    }
  }

  private static String counted(long count, String what) {
    return count + " " + what + (count == 1 ? "" : "s");
  }

  private Source source(long index) {
    if (index < 0 || index >= size()) {
      throw new IndexOutOfBoundsException(index + " of " + size() + " clips");
    }
    int low = 0;
    int high = sources.size() - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (sources.get(middle).first() <= index) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return sources.get(low);
  }

  /** By the name and not by the index: another file more or less moves no window. */
  private long place(Source source, long index) {
    long places = source.length() - options.frames() + 1;
    String name = "window of " + source.name();
    long key = new RandomStreams(options.seed()).key(name, index - source.first());
    return Math.floorMod(key, places);
  }

  private Video window(Source source, long index) {
    long place = place(source, index);
    Video video = read(source, place);
    int missing = options.frames() - video.frames().size();
    if (missing > 0 && place > 0) {
      // The header may count a sound track that is longer than the pictures.
      video = read(source, Math.max(0, place - missing));
    }
    if (video.frames().size() < options.frames()) {
      throw new UserError(
          Fault.MISMATCH,
          "'%s' has %s frames at %s per second, %s are needed"
              .formatted(source.path(), video.frames().size(), options.fps(), options.frames()));
    }
    return video;
  }

  private Video read(Source source, long place) {
    return VideoReader.read(
        source.path(),
        ReadOptions.ALL
            .fps(options.fps())
            .start(place / options.fps())
            .maxFrames(options.frames()));
  }
}
