package io.zoetrope.media;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.progress.Phase;
import io.zoetrope.progress.Progress;
import io.zoetrope.progress.Report;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Writes a video frame by frame. The format follows from the file name ({@link OutputFormat}). The
 * file appears at its place whole with {@link #commit()}, or not at all:
 *
 * {@snippet :
 * try (VideoWriter out = VideoWriter.open(path, 128, 128, WriteOptions.at(8))) {
 *   frames.forEach(out::write);
 *   out.commit();
 * }
 * }
 *
 * <p>All that can be known before the first frame (format, size, a folder without permission) fails
 * in {@code open}, so that nobody computes for an hour to learn it. Not for use by two threads at
 * once.
 */
public final class VideoWriter implements AutoCloseable {
  private enum State {
    OPEN,
    FAILED,
    COMMITTED,
    CLOSED
  }

  private final Path target;
  private final int width;
  private final int height;
  private final StagedOutput output;
  private final FormatSink sink;
  private State state = State.OPEN;
  private long frames;

  private VideoWriter(Path target, int width, int height, StagedOutput output, FormatSink sink) {
    this.target = target;
    this.width = width;
    this.height = height;
    this.output = output;
    this.sink = sink;
  }

  /**
   * Opens a file, or a folder of pictures, for frames of one size.
   *
   * @throws UserError if the ending is unknown, the format cannot hold the size or rate, or the
   *     place cannot be written to
   */
  public static VideoWriter open(Path target, int width, int height, WriteOptions options) {
    return open(target, OutputFormat.of(target), width, height, options);
  }

  /** As {@link #open(Path, int, int, WriteOptions)} with the format stated. */
  public static VideoWriter open(
      Path target, OutputFormat format, int width, int height, WriteOptions options) {
    if (width < 1 || height < 1) {
      throw new UserError(
          Fault.INVALID, "a video needs at least 1x1 pixels, not " + width + "x" + height);
    }
    EncoderPlan.check(format, target, width, height, options);
    StagedOutput output =
        format.folder()
            ? StagedOutput.folder(target, options.durability())
            : StagedOutput.file(target, options.durability());
    boolean opened = false;
    try {
      FormatSink sink = sink(format, target, output, width, height, options);
      opened = true;
      return new VideoWriter(target, width, height, output, sink);
    } finally {
      if (!opened) {
        output.close();
      }
    }
  }

  /** Writes a whole video and commits it. */
  public static void write(Path target, Video video, WriteOptions options) {
    write(target, video, options, Progress.NONE);
  }

  /**
   * As {@link #write(Path, Video, WriteOptions)}, telling how far it is.
   *
   * @throws java.util.concurrent.CancellationException when progress says so; nothing is left then
   */
  public static void write(Path target, Video video, WriteOptions options, Progress progress) {
    try (VideoWriter writer = open(target, video.width(), video.height(), options)) {
      writer.write(video, progress);
      writer.commit(progress);
    }
  }

  /** Writes a whole video at its own rate in good quality. */
  public static void write(Path target, Video video) {
    write(target, video, WriteOptions.at(video.fps()));
  }

  private static FormatSink sink(
      OutputFormat format,
      Path target,
      StagedOutput output,
      int width,
      int height,
      WriteOptions o) {
    return switch (format) {
      case PNG_FOLDER, JPEG_FOLDER -> new FolderSink(output, target, format, o.metadata());
      case PNG, JPEG -> new SheetSink(output, format, o.metadata());
      default -> {
        Ffmpeg.load();
        EncoderPlan plan = EncoderPlan.of(format, target, width, height, o);
        yield new MuxSink(output.path(), target, width, height, plan);
      }
    };
  }

  /** How many frames have been written. */
  public long frames() {
    return frames;
  }

  /**
   * Appends a frame; frame n is shown at n / fps seconds.
   *
   * @throws UserError if its size differs, or the disk is full
   */
  public void write(Frame frame) {
    requireOpen();
    if (frame.width() != width || frame.height() != height) {
      throw new UserError(
          Fault.MISMATCH,
          "all frames of a video must have one size: %sx%s and %sx%s"
              .formatted(width, height, frame.width(), frame.height()));
    }
    State before = state;
    state = State.FAILED;
    sink.write(frame);
    state = before;
    frames++;
  }

  /**
   * Appends all frames of a video; stops between them.
   *
   * @throws java.util.concurrent.CancellationException when progress says so
   */
  public void write(Video video, Progress progress) {
    long total = video.frames().size();
    long done = 0;
    for (Frame frame : video.frames()) {
      progress.requireGoing(done, total);
      write(frame);
      progress.update(Report.of(Phase.WRITE, ++done, total));
    }
    progress.requireGoing(done, total);
  }

  /**
   * Ends the video and puts the file in its place.
   *
   * @throws UserError if no frame was written, or the disk is full; nothing is left behind then
   */
  public void commit() {
    commit(Progress.NONE);
  }

  /**
   * As {@link #commit()}: some formats pack all frames only now.
   *
   * @param progress told of frames that are packed
   * @throws java.util.concurrent.CancellationException when progress says so; nothing is left
   *     behind then
   */
  public void commit(Progress progress) {
    requireOpen();
    state = State.FAILED;
    if (frames == 0) {
      throw new UserError(Fault.INVALID, "no frames to write to '" + target + "'");
    }
    sink.finish(progress);
    output.publish();
    state = State.COMMITTED;
  }

  /** Without a commit before it, throws away what was written (unless the file grows in place). */
  @Override
  public void close() {
    if (state != State.CLOSED) {
      state = State.CLOSED;
      sink.close();
      output.close();
    }
  }

  private void requireOpen() {
    if (state != State.OPEN) {
      throw new IllegalStateException(
          "the writer of '%s' is %s".formatted(target, state.name().toLowerCase(Locale.ROOT)));
    }
  }
}
