package io.zoetrope.media;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.JavaHeap;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A picture or video that a person gives, of any size, rate and length, as somebody else needs it;
 * and in one line what was done to it:
 *
 * {@snippet :
 * Source.Wish wish = Source.Wish.of(128, 128).at(8).first(16);
 * Source source = Source.video(path, wish);
 * // clip.mov: 1920x1080 at 29.97 fps -> 128x128 at 8 fps, frames 0..15 of 124, centre crop
 * System.err.println(source.report());
 * }
 *
 * @param video in the size and at the rate wished for
 * @param info what the file says about itself
 * @param report what was done, one line that begins with the file's name
 */
public record Source(Video video, VideoInfo info, String report) {
  /** Smaller sides than this show nothing. */
  public static final int LEAST_SIDE = 8;

  /** What becomes of the sound beside a source's pictures, where there is some. */
  public enum Hearing {
    /** Nobody would hear it anyway. */
    NONE,
    /** It goes with the pictures. */
    KEPT,
    /** The pictures go on without it. */
    LOST
  }

  /**
   * What is wanted.
   *
   * @param width pixels
   * @param height pixels
   * @param fit what happens to another shape
   * @param fps rate; empty for that of the file
   * @param start seconds from the beginning, at least 0
   * @param most frames at most, at least 1
   * @param hearing what becomes of sound
   */
  public record Wish(
      int width, int height, Fit fit, OptionalDouble fps, double start, int most, Hearing hearing) {
    /** Whole and cropped, at its own rate. */
    public static Wish of(int width, int height) {
      return new Wish(
          width, height, Fit.CROP, OptionalDouble.empty(), 0, Integer.MAX_VALUE, Hearing.NONE);
    }

    /** At so many frames per second. */
    public Wish at(double rate) {
      return new Wish(width, height, fit, OptionalDouble.of(rate), start, most, hearing);
    }

    /** From so many seconds on. */
    public Wish from(double seconds) {
      return new Wish(width, height, fit, fps, seconds, most, hearing);
    }

    /** So many frames, or fewer if there are no more. */
    public Wish first(int frames) {
      return new Wish(width, height, fit, fps, start, frames, hearing);
    }

    /** Fitted otherwise. */
    public Wish fitted(Fit other) {
      return new Wish(width, height, other, fps, start, most, hearing);
    }

    /** With another word on sound. */
    public Wish heard(Hearing other) {
      return new Wish(width, height, fit, fps, start, most, other);
    }

    private ReadOptions options() {
      ReadOptions options = ReadOptions.ALL.start(start).maxFrames(most);
      return fps.isPresent() ? options.fps(fps.getAsDouble()) : options;
    }
  }

  /**
   * Whether a file will do as a source: it is there, its first frame can be read, and is large
   * enough to show something. So that nobody loads a model to learn otherwise.
   *
   * @throws UserError if not
   */
  public static VideoInfo check(Path path) {
    try (VideoReader reader = VideoReader.open(path)) {
      return firstOf(path, reader).info();
    }
  }

  /**
   * As {@link #check}, for one picture.
   *
   * @throws UserError if it will not do, or is a video
   */
  public static VideoInfo checkPicture(Path path) {
    try (VideoReader reader = VideoReader.open(path)) {
      First first = firstOf(path, reader);
      requirePicture(path, reader);
      return first.info();
    }
  }

  /**
   * Reads one picture.
   *
   * @throws UserError if it cannot be read, or is a video
   */
  public static Source picture(Path path, Wish wish) {
    try (VideoReader reader = VideoReader.open(path)) {
      First first = firstOf(path, reader);
      requirePicture(path, reader);
      Frame fitted = wish.fit().apply(first.frame(), wish.width(), wish.height());
      Video video = new Video(List.of(fitted), wish.fps().orElse(1));
      return new Source(video, first.info(), report(path, first, video, wish, List.of(), reader));
    }
  }

  /**
   * Reads a video, a picture (one frame), or a folder of pictures, a frame at a time: large frames
   * do not pile up.
   *
   * @throws UserError if it cannot be read, breaks off, or ends before the start
   */
  public static Source video(Path path, Wish wish) {
    return video(path, wish, Progress.NONE);
  }

  /**
   * As {@link #video(Path, Wish)}, telling how far it is.
   *
   * @throws java.util.concurrent.CancellationException when progress says so, between frames
   */
  public static Source video(Path path, Wish wish, Progress progress) {
    return video(path, wish, ReadOptions.Plane.COLOURS, progress);
  }

  /**
   * How opaque what {@link #video(Path, Wish)} gives is, frame by frame: white where wholly.
   *
   * @throws UserError if it cannot be read, breaks off, or ends before the start
   */
  public static Video opacity(Path path, Wish wish) {
    return video(path, wish, ReadOptions.Plane.OPACITY, Progress.NONE).video();
  }

  private static Source video(Path path, Wish wish, ReadOptions.Plane plane, Progress progress) {
    try (VideoReader reader = VideoReader.open(path, wish.options().plane(plane))) {
      First first = firstOf(path, reader);
      List<Frame> frames = new ArrayList<>();
      Frame before = first.frame();
      Frame fitted = wish.fit().apply(before, wish.width(), wish.height());
      frames.add(fitted);
      reader.tell(progress);
      for (Optional<Frame> next = reader.next(); next.isPresent(); next = reader.next()) {
        // A slow source shows a frame several times, and then hands out the same object.
        if (!sameObject(next.get(), before)) {
          before = next.get();
          fitted = wish.fit().apply(before, wish.width(), wish.height());
        }
        frames.add(fitted);
        requireRoom(frames);
        reader.tell(progress);
      }
      reader.toldAll(progress);
      Video video = new Video(frames, reader.fps());
      return new Source(
          video,
          first.info(),
          report(path, first, video, wish, timing(first, video, wish, reader), reader));
    }
  }

  /** Frames are held until all are made latents: those that do not fit are refused on the way. */
  private static void requireRoom(List<Frame> frames) {
    Frame last = frames.getLast();
    if (frames.size() > 1 && !sameObject(last, frames.get(frames.size() - 2))) {
      JavaHeap.require(
          JavaHeap.bytes(2, last.width(), last.height()),
          "more than %s frames of %sx%s".formatted(frames.size(), last.width(), last.height()));
    }
  }

  /** The first frame, and what is known of the file then. */
  private record First(VideoInfo info, Frame frame) {}

  private static First firstOf(Path path, VideoReader reader) {
    Frame frame =
        reader
            .next()
            .orElseThrow(
                () -> new UserError(Fault.DAMAGED, "there are no frames in '" + path + "'"));
    if (Math.min(frame.width(), frame.height()) < LEAST_SIDE) {
      throw new UserError(
          Fault.INVALID,
          "'%s' has %sx%s pixels, too few to show anything"
              .formatted(path, frame.width(), frame.height()),
          "give at least %sx%s".formatted(LEAST_SIDE, LEAST_SIDE));
    }
    return new First(reader.info(), frame);
  }

  private static void requirePicture(Path path, VideoReader reader) {
    if (reader.next().isPresent()) {
      throw new UserError(
          Fault.INVALID,
          "'%s' is a video, where a picture is needed".formatted(path),
          "give a .png or .jpg");
    }
  }

  @SuppressWarnings("ReferenceEquality")
  private static boolean sameObject(Frame a, Frame b) {
    return a == b;
  }

  private static String report(
      Path path, First first, Video video, Wish wish, List<String> timing, VideoReader reader) {
    Frame was = first.frame();
    String from = was.width() + "x" + was.height();
    String to = wish.width() + "x" + wish.height();
    boolean moves = !first.info().still();
    String fromRate = moves ? " at %s fps".formatted(rate(first.info().fps())) : "";
    String toRate = moves ? " at %s fps".formatted(rate(video.fps())) : "";
    List<String> words = new ArrayList<>();
    words.add(
        (from + fromRate).equals(to + toRate)
            ? from + fromRate
            : from + fromRate + " -> " + to + toRate);
    words.addAll(timing);
    String shape = wish.fit().words(was.width(), was.height(), wish.width(), wish.height());
    if (!shape.isEmpty()) {
      words.add(shape);
    }
    if (Math.max((double) wish.width() / was.width(), (double) wish.height() / was.height()) > 1) {
      words.add("enlarged");
    }
    first.info().quirks().stream().filter(q -> !q.equals(Stored.TRANSPARENT)).forEach(words::add);
    words.addAll(reader.found());
    if (first.info().sound() && wish.hearing() != Hearing.NONE) {
      words.add(wish.hearing() == Hearing.KEPT ? "with its sound" : "without its sound");
    }
    return path.getFileName() + ": " + String.join(", ", words);
  }

  /** Which frames were taken of how many. */
  private static List<String> timing(First first, Video video, Wish wish, VideoReader reader) {
    if (first.info().still()) {
      return List.of();
    }
    List<String> words = new ArrayList<>();
    int taken = video.frames().size();
    long from = Math.round(wish.start() * video.fps());
    OptionalDouble seconds = first.info().seconds();
    long all = seconds.isPresent() ? Math.round(seconds.getAsDouble() * video.fps()) : 0;
    if (from == 0 && (taken < wish.most() || taken == all)) {
      words.add("all %s frames".formatted(taken));
    } else {
      String of = all >= from + taken ? " of " + all : "";
      words.add("frames %s..%s%s".formatted(from, from + taken - 1, of));
    }
    if (video.fps() > 1.01 * first.info().fps()) {
      words.add("some shown more than once");
    }
    if (reader.uneven()) {
      words.add("uneven times evened");
    }
    return words;
  }

  /** A rate with two decimals at most. */
  static String rate(double fps) {
    String text = String.format(Locale.ROOT, "%.2f", fps);
    return text.contains(".") ? text.replaceAll("\\.?0+$", "") : text;
  }
}
