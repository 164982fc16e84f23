package io.zoetrope.jobs.worker;

import io.zoetrope.jobs.StepPicture;
import io.zoetrope.media.Frame;
import io.zoetrope.media.Resize;
import io.zoetrope.media.Video;
import io.zoetrope.media.VideoWriter;
import io.zoetrope.media.WriteOptions;
import io.zoetrope.pipeline.order.Estimates;
import io.zoetrope.progress.Report;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * What a clip looks like after steps: a {@link StepPicture} each, all its frames side by side, each
 * at most {@value #HEIGHT} pixels high. The last row is the video itself, where that is one clip.
 * Of very many pictures every other one is taken away again.
 */
final class Strips implements Estimates {
  static final int HEIGHT = 96;

  /** Pixels of a side that WebP has. */
  private static final int WIDEST = 16_383;

  private static final int QUALITY = 80;

  /** Pictures of an attempt. */
  static final int MOST = 256;

  private final Path attempt;
  private final StepCount count = new StepCount();
  private final List<StepPicture> pictures = new ArrayList<>();
  private final IntConsumer written;
  private int width = 1;
  private int height = 1;
  private boolean single;
  private int step;

  /**
   * @param attempt its folder
   * @param written told which step there is a strip of
   */
  Strips(Path attempt, IntConsumer written) {
    this.attempt = attempt;
    this.written = written;
  }

  /**
   * Begins.
   *
   * @param wide pixels of the video
   * @param high pixels of the video
   * @param oneClip whether the rows of its plan are walked once
   */
  void begin(int wide, int high, boolean oneClip) {
    width = wide;
    height = high;
    single = oneClip;
    try {
      Files.createDirectories(attempt.resolve(StepPicture.FOLDER));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Loads what writes strips, before somebody waits for one. */
  static void warm() throws IOException {
    Path file = Files.createTempFile("strip", ".webp");
    try {
      Frame frame = new Frame(16, 16, new byte[3 * 16 * 16]);
      VideoWriter.write(file, new Video(List.of(frame), 1), WriteOptions.at(1).quality(QUALITY));
    } finally {
      Files.deleteIfExists(file);
    }
  }

  @Override
  public void passed(Report report) {
    step = count.step(report.row().orElseThrow());
  }

  @Override
  public boolean wants(Report report) {
    Report.Row row = report.row().orElseThrow();
    return !single || row.number() < row.of();
  }

  @Override
  public void take(Report report, List<Frame> frames) {
    int row = report.row().orElseThrow().number();
    write(new StepPicture(step, row, report.firstFrame()), frames);
  }

  /** The frames as they are, in place of an estimate of the last row. */
  void end(List<Frame> frames) {
    if (single && step > 0 && !frames.isEmpty()) {
      write(new StepPicture(count.last(), count.rows(), 0), frames);
    }
  }

  private void write(StepPicture picture, List<Frame> frames) {
    Frame strip = of(frames);
    VideoWriter.write(
        picture.at(attempt), new Video(List.of(strip), 1), WriteOptions.at(1).quality(QUALITY));
    written.accept(picture.step());
    pictures.add(picture);
    if (pictures.size() > MOST) {
      thin();
    }
  }

  private void thin() {
    for (int i = pictures.size() - 2; i >= 0; i -= 2) {
      try {
        Files.deleteIfExists(pictures.remove(i).at(attempt));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Frames of any size, as small as a strip has them. */
  private Frame of(List<Frame> frames) {
    double scale =
        Math.min(
            Math.min(1, (double) HEIGHT / height),
            (double) WIDEST / ((double) frames.size() * width));
    Frame first = frames.getFirst();
    int across = Math.clamp((int) (width * scale), 1, Math.max(1, first.width()));
    int down = Math.clamp((int) (height * scale), 1, Math.max(1, first.height()));
    Resize small = Resize.stretch(first.width(), first.height(), across, down);
    return Tiles.of(frames.stream().map(small::apply).toList(), frames.size());
  }
}
