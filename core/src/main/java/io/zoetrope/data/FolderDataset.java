package io.zoetrope.data;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.media.Video;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * A user's own clips: a folder of videos and pictures with their captions ({@link FolderListing}
 * says how those are found). Every file is looked at when the folder is opened, so that a night's
 * training does not end at file 4711; nothing is skipped in silence.
 *
 * <p>Clips are decoded when asked for, resampled to the wanted rate, and cut to the wanted size.
 * The window of a long video depends on the seed, its name and the number of the window only, and
 * so does the part of its frames, unless that is the middle. Thread-safe. A process may hand it to
 * another that sees the same files.
 */
public final class FolderDataset implements ClipDataset, Serializable {
  private static final long serialVersionUID = 1L;

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
   * @param crop which part of a frame of another aspect is kept
   */
  public record Options(
      int width, int height, int frames, double fps, int windows, long seed, Crop crop)
      implements Serializable {
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
      return new Options(width, height, frames, fps, 1, 0, Crop.MIDDLE);
    }

    public Options windows(int value) {
      return new Options(width, height, frames, fps, value, seed, crop);
    }

    public Options seed(long value) {
      return new Options(width, height, frames, fps, windows, value, crop);
    }

    public Options crop(Crop value) {
      return new Options(width, height, frames, fps, windows, seed, value);
    }

    /** The same of clips of another shape. */
    public Options shaped(ClipShape shape) {
      return new Options(shape.width(), shape.height(), shape.frames(), fps, windows, seed, crop);
    }
  }

  /** Which part of a frame of another aspect is kept. */
  public enum Crop {
    MIDDLE,
    /** Another one for each clip, which depends on the seed, the name and the window's number. */
    RANDOM
  }

  private final Options options;
  private final List<ClipFile> sources;
  private final String summary;

  private FolderDataset(Options options, List<ClipFile> sources, String summary) {
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
    List<ClipFile> sources = new ArrayList<>();
    long first = 0;
    int pictures = 0;
    int cut = 0;
    for (FolderListing.Entry entry : listing.entries()) {
      try {
        ClipFile file = ClipFile.of(entry, first, options);
        if (file.tooShort(options)) {
          problems.add(file.shortness(options));
          continue;
        }
        sources.add(file);
        first += file.clips();
        pictures += file.still() ? 1 : 0;
        cut += file.cut(options) ? 1 : 0;
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

  @Override
  public long size() {
    ClipFile last = sources.getLast();
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
    ClipFile source = source(index);
    return new Clip(source.video(options, index), source.caption());
  }

  @Override
  public String caption(long index) {
    return source(index).caption();
  }

  /** Of the content of its file, and what is taken of it. */
  @Override
  public String print(long index) {
    return source(index).print(options, index);
  }

  @Override
  public Origin origin(long index) {
    return source(index).origin(options, index);
  }

  @Override
  public Video opacity(long index) {
    return source(index).opacity(options, index);
  }

  @Override
  public Video beside(long index, Path folder) {
    return source(index).beside(options, index, folder);
  }

  private static String counted(long count, String what) {
    return count + " " + what + (count == 1 ? "" : "s");
  }

  private ClipFile source(long index) {
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
}
