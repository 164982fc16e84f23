package io.zoetrope.jobs.worker;

import io.zoetrope.media.Frame;
import io.zoetrope.media.Resize;
import io.zoetrope.media.Video;
import io.zoetrope.media.VideoWriter;
import io.zoetrope.media.WriteOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Small pictures of a video: its middle frame, and all frames on one sheet. */
final class Looks {
  private static final int THUMBNAIL = 320;
  private static final int CELL = 192;
  private static final int ACROSS = 8;

  /** Frames on a sheet; of more, every other or fewer are shown. */
  private static final int MOST = 256;

  private final List<Frame> cells = new ArrayList<>();
  private Optional<Frame> middle = Optional.empty();
  private long expected = 1;
  private int every = 1;
  private long seen;

  /**
   * Begins.
   *
   * @param frames how many there will be, as far as is known
   */
  void begin(long frames) {
    expected = frames;
    every = 1;
  }

  void add(Frame frame) {
    if (seen <= expected / 2) {
      middle = Optional.of(frame);
    }
    if (seen % every == 0) {
      cells.add(within(frame, CELL));
      if (cells.size() > MOST) {
        every *= 2;
        for (int i = cells.size() - 1; i > 0; i--) {
          if (i % 2 == 1) {
            cells.remove(i);
          }
        }
      }
    }
    seen++;
  }

  /** Writes {@code thumbnail.webp} and {@code sheet.jpg}. */
  void write(Path folder) {
    if (seen == 0) {
      return;
    }
    picture(folder.resolve("thumbnail.webp"), within(middle.orElseThrow(), THUMBNAIL));
    picture(folder.resolve("sheet.jpg"), Tiles.of(cells, ACROSS));
  }

  private static void picture(Path file, Frame frame) {
    VideoWriter.write(file, new Video(List.of(frame), 1), WriteOptions.at(1));
  }

  /** The frames of the sheet: all of them, unless there are very many. */
  List<Frame> cells() {
    return List.copyOf(cells);
  }

  /** A frame made smaller, if a side is longer than so many pixels. */
  static Frame within(Frame frame, int longest) {
    int side = Math.max(frame.width(), frame.height());
    if (side <= longest) {
      return frame;
    }
    int width = Math.max(1, Math.round((float) frame.width() * longest / side));
    int height = Math.max(1, Math.round((float) frame.height() * longest / side));
    return Resize.stretch(frame.width(), frame.height(), width, height).apply(frame);
  }
}
