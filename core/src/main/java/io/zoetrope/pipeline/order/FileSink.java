package io.zoetrope.pipeline.order;

import io.zoetrope.media.Frame;
import io.zoetrope.media.OutputFormat;
import io.zoetrope.media.VideoMetadata;
import io.zoetrope.media.VideoWriter;
import io.zoetrope.media.WriteOptions;
import io.zoetrope.media.WriteOptions.Durability;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.AtomicFiles;
import io.zoetrope.torch.JavaHeap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * The file, or the folder of pictures, that an order's frames go into: it appears whole or not at
 * all, and replaces what was there. It remembers the order ({@link Remembered}).
 *
 * {@snippet :
 * Studio.make(order, Sources.in(Path.of("")), FileSink.of(Path.of("ball.mp4")), Progress.NONE);
 * }
 *
 * <p>A video whose first frames are whole long before its last is the one exception: where the
 * format can, its file grows, and what there is stays, whatever happens. Takes one order at a time.
 */
public final class FileSink implements FrameSink {
  private final Path path;
  private final OutputFormat format;
  private final boolean remembers;
  private Optional<VideoWriter> writer = Optional.empty();
  private boolean grows;
  private boolean committed;
  private long frames;

  private FileSink(Path path, OutputFormat format, boolean remembers) {
    this.path = path;
    this.format = format;
    this.remembers = remembers;
  }

  /**
   * A file in the format that the ending of its name says: {@code .mp4}, {@code .webm}, {@code
   * .gif}, {@code .webp}, {@code .png} (a contact sheet); a folder of PNGs without any.
   *
   * @throws io.zoetrope.error.UserError if it is the ending of something else
   */
  public static FileSink of(Path path) {
    return of(path, OutputFormat.of(path));
  }

  /** A file, or a folder, in a format of one's choice. */
  public static FileSink of(Path path, OutputFormat format) {
    return new FileSink(path, format, true);
  }

  /** This without a word in the file of how it was made. */
  public FileSink withoutMetadata() {
    return new FileSink(path, format, false);
  }

  /** Where the frames go. */
  public Path path() {
    return path;
  }

  /** How many frames were written. */
  public long frames() {
    return frames;
  }

  /** Whether the file stands in its place: whole, or as far as a growing one came. */
  public boolean kept() {
    return committed;
  }

  @Override
  public void begin(Shot shot) {
    frames = 0;
    committed = false;
    grows = shot.growing() && (format.grows() || shot.endless());
    VideoRequest request = shot.request();
    JavaHeap.require(
        format.heap(shot.frames(), request.width(), request.height()),
        "%s frames of %sx%s in '%s'"
            .formatted(shot.frames(), request.width(), request.height(), path.getFileName()));
    VideoMetadata metadata = remembers ? shot.memory().get().metadata() : VideoMetadata.NONE;
    WriteOptions options =
        WriteOptions.at(request.fps())
            .durability(grows ? Durability.GROWING : Durability.WHOLE)
            .metadata(metadata)
            .sound(shot.sound());
    writer =
        Optional.of(VideoWriter.open(path, format, request.width(), request.height(), options));
  }

  @Override
  public boolean sounds() {
    return format.sounds();
  }

  @Override
  public void frame(Frame frame) {
    writer.orElseThrow().write(frame);
    frames++;
  }

  /** Beside the file ({@link LatentsFile#beside}). */
  @Override
  public Optional<Path> keep(VideoModel model, VideoRequest request, Tensor z_1CFHW) {
    Path beside = LatentsFile.beside(path);
    LatentsFile.write(beside, z_1CFHW, model, request);
    return Optional.of(beside);
  }

  @Override
  public void finish(Progress progress) {
    // What was stopped before its first frame leaves nothing, and is no failure.
    if (!grows || frames > 0) {
      writer.orElseThrow().commit(progress);
      committed = true;
    }
  }

  @Override
  public void close() {
    try {
      if (grows && !committed && writer.isPresent()) {
        finish(Progress.NONE);
      }
    } finally {
      writer.ifPresent(VideoWriter::close);
      if (grows && !committed && writer.isPresent()) {
        sweep();
      }
      writer = Optional.empty();
    }
  }

  /** A growing file that has no frame is none: it would only look like a video. */
  private void sweep() {
    try {
      if (Files.isRegularFile(path) || Files.isDirectory(path)) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw AtomicFiles.cannot("delete", path, e);
    }
  }
}
