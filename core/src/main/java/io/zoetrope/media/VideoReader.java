package io.zoetrope.media;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.progress.Phase;
import io.zoetrope.progress.Progress;
import io.zoetrope.progress.Report;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads a video, a picture, or a folder of pictures, frame by frame, as 8-bit sRGB: rotated as the
 * file says, with square pixels, transparent parts white.
 *
 * {@snippet :
 * Video video = VideoReader.read(path, ReadOptions.ALL.fps(8).maxFrames(16));
 * }
 *
 * <p>Not for use by two threads at once.
 */
public final class VideoReader implements AutoCloseable {
  /** At which rate a folder of pictures plays if nobody says otherwise. */
  public static final double FOLDER_FPS = 8;

  private final Path path;
  private final ReadOptions options;
  private final FrameSource source;
  private Optional<FrameSource.Shown> current = Optional.empty();
  private Optional<FrameSource.Shown> ahead = Optional.empty();
  private Optional<Frame> converted = Optional.empty();
  private boolean started;
  private long given;
  private double firstTime;
  private double lastEnd;
  private double pulled = Double.NaN;
  private double shortestGap = Double.POSITIVE_INFINITY;
  private double longestGap;

  private VideoReader(Path path, ReadOptions options, FrameSource source) {
    this.path = path;
    this.options = options;
    this.source = source;
  }

  /**
   * Loads FFmpeg: for who wants to know before it is needed.
   *
   * @throws UserError if its libraries are not on the class path, or do not load
   */
  public static void prepare() {
    Ffmpeg.load();
  }

  /** Opens a file or folder to read every frame of it. */
  public static VideoReader open(Path path) {
    return open(path, ReadOptions.ALL);
  }

  /**
   * Opens a file or folder.
   *
   * @throws UserError if there is nothing there, or nothing to see in it
   */
  public static VideoReader open(Path path, ReadOptions options) {
    if (!Files.exists(path)) {
      throw new UserError(Fault.NOT_FOUND, "there is no file '" + path + "'");
    }
    if (!Files.isReadable(path)) {
      throw new UserError(Fault.NO_ACCESS, "no permission to read '" + path + "'");
    }
    return new VideoReader(path, options, source(path, options));
  }

  private static FrameSource source(Path path, ReadOptions options) {
    Ffmpeg.load();
    if (Files.isDirectory(path)) {
      return PictureFolder.open(path, options.fps().orElse(FOLDER_FPS), options.plane());
    }
    return AnimatedWebp.is(path)
        ? WebpSource.open(path, options.damaged(), options.plane())
        : new FileSource(path, options.damaged(), options.plane());
  }

  /** Every frame of a file. */
  public static Video read(Path path) {
    return read(path, ReadOptions.ALL);
  }

  /**
   * Decodes into memory.
   *
   * @throws UserError if there is nothing to see, the file breaks off, or it ends before the start
   */
  public static Video read(Path path, ReadOptions options) {
    return read(path, options, Progress.NONE);
  }

  /**
   * As {@link #read(Path, ReadOptions)}, telling how far it is.
   *
   * @throws java.util.concurrent.CancellationException when progress says so, between frames
   */
  public static Video read(Path path, ReadOptions options, Progress progress) {
    try (VideoReader reader = open(path, options)) {
      List<Frame> frames = new ArrayList<>();
      for (Optional<Frame> f = reader.next(); f.isPresent(); f = reader.next()) {
        frames.add(f.get());
        reader.tell(progress);
      }
      reader.toldAll(progress);
      return new Video(frames, reader.measuredFps());
    }
  }

  /**
   * Reports the frames given so far, of as many as the file says that there are.
   *
   * @throws java.util.concurrent.CancellationException if the work is cancelled
   */
  void tell(Progress progress) {
    long total = total();
    progress.update(Report.of(Phase.READ, given, total));
    progress.requireGoing(given, total);
  }

  /** How many frames there will be, by what the file says; it may be wrong. */
  private long total() {
    VideoInfo info = info();
    double seconds = info.seconds().orElse(0) - options.start();
    long stated = info.still() ? 1 : Math.round(Math.max(0, seconds) * fps());
    long most = options.maxFrames() == Integer.MAX_VALUE ? Report.ENDLESS : options.maxFrames();
    return Math.max(given, stated > 0 ? Math.min(stated, most) : most);
  }

  /** Reports the end, where it came earlier than the file said. */
  void toldAll(Progress progress) {
    if (total() != given) {
      progress.update(Report.of(Phase.READ, given, given));
    }
  }

  /**
   * The rate at which the frames given so far play in the time they took: formats that round the
   * time of each frame (GIF) state a rate that is some percent off.
   */
  private double measuredFps() {
    double stated = fps();
    if (options.fps().isPresent() || info().still() || !(lastEnd > firstTime)) {
      return stated;
    }
    double measured = given / (lastEnd - firstTime);
    return Math.abs(measured - stated) > 0.002 * stated ? measured : stated;
  }

  /** What a file says about itself; decodes little or nothing. */
  public static VideoInfo probe(Path path) {
    try (VideoReader reader = open(path)) {
      return reader.info();
    }
  }

  public VideoInfo info() {
    return source.info();
  }

  /** Frames per second of what {@link #next} gives. */
  public double fps() {
    return options.fps().orElse(source.info().fps());
  }

  /**
   * The next frame, or empty at the end.
   *
   * @throws UserError if the file breaks off, or has no frame at or after the start
   */
  public Optional<Frame> next() {
    if (given >= options.maxFrames()) {
      return Optional.empty();
    }
    Optional<Frame> frame = options.fps().isPresent() && !info().still() ? resampled() : plain();
    if (frame.isEmpty() && given == 0) {
      throw options.start() > 0
          ? new UserError(
              Fault.INVALID,
              "'%s' ends before %s seconds".formatted(path, options.start()),
              "choose an earlier start")
          : new UserError(Fault.DAMAGED, "there are no frames in '" + path + "'");
    }
    given += frame.isPresent() ? 1 : 0;
    return frame;
  }

  /**
   * Whether the source frames read so far lie unevenly in time (a variable frame rate), beyond what
   * rounding of their times explains.
   */
  boolean uneven() {
    return longestGap > 1.25 * shortestGap + 0.012;
  }

  /** What was changed in the frames read so far beyond what {@link #info} says. */
  Set<String> found() {
    return source.found();
  }

  private Optional<FrameSource.Shown> pull() {
    Optional<FrameSource.Shown> shown = source.next();
    if (shown.isPresent()) {
      double time = shown.get().time();
      if (!Double.isNaN(pulled)) {
        shortestGap = Math.min(shortestGap, time - pulled);
        longestGap = Math.max(longestGap, time - pulled);
      }
      pulled = time;
    }
    return shown;
  }

  private Optional<Frame> plain() {
    if (!started) {
      started = true;
      source.seek(options.start());
    }
    while (true) {
      Optional<FrameSource.Shown> shown = pull();
      // A frame counts from the start on if it is still being shown then.
      if (shown.isEmpty() || shown.get().end() > options.start() + 1e-6) {
        firstTime = given > 0 ? firstTime : shown.map(FrameSource.Shown::time).orElse(0.0);
        lastEnd = shown.map(FrameSource.Shown::end).orElse(lastEnd);
        return shown.map(FrameSource.Shown::frame);
      }
    }
  }

  private Optional<Frame> resampled() {
    double rate = options.fps().getAsDouble();
    if (!started) {
      started = true;
      source.seek(options.start());
      current = pull();
      ahead = current.isPresent() ? pull() : Optional.empty();
    }
    if (current.isEmpty()) {
      return Optional.empty();
    }
    double time = options.start() + given / rate;
    // Times in files are rounded (GIF: 10 ms): a frame that begins less than half a frame late is
    // meant to be there in time.
    double tolerance = 0.499 / Math.max(rate, info().fps());
    while (ahead.isPresent() && ahead.get().time() <= time + tolerance) {
      current = ahead;
      converted = Optional.empty();
      ahead = pull();
    }
    if (ahead.isEmpty() && time >= current.get().end() - tolerance) {
      return Optional.empty();
    }
    if (converted.isEmpty()) {
      converted = Optional.of(current.get().frame());
    }
    return converted;
  }

  @Override
  public void close() {
    source.close();
  }
}
