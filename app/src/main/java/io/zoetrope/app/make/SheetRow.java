package io.zoetrope.app.make;

import io.zoetrope.media.ContactSheet;
import io.zoetrope.media.Frame;
import io.zoetrope.media.Resize;
import io.zoetrope.media.Video;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A few small frames of a video of any length, for the sheet of several videos. */
final class SheetRow {
  /** Frames of a row. */
  static final int COLUMNS = 8;

  private static final int LONGEST_SIDE = 192;

  private final String caption;
  private final List<Frame> frames = new ArrayList<>();
  private Optional<Frame> last = Optional.empty();
  private long seen;
  private long stride = 1;

  SheetRow(String caption) {
    this.caption = caption;
  }

  /** Takes the next frame; of many, every second, fourth, ... is kept. */
  void frame(Frame frame) {
    if (seen % stride == 0) {
      frames.add(small(frame));
      last = Optional.empty();
    } else {
      last = Optional.of(frame);
    }
    seen++;
    if (frames.size() > 2 * COLUMNS) {
      for (int i = frames.size() - 2; i > 0; i -= 2) {
        frames.remove(i);
      }
      stride *= 2;
    }
  }

  private static Frame small(Frame frame) {
    double scale = (double) LONGEST_SIDE / Math.max(frame.width(), frame.height());
    if (scale >= 1) {
      return frame;
    }
    int width = Math.max(1, (int) Math.round(frame.width() * scale));
    int height = Math.max(1, (int) Math.round(frame.height() * scale));
    return Resize.stretch(frame.width(), frame.height(), width, height).apply(frame);
  }

  /** As a row, with the last frame in it. */
  ContactSheet.Row row() {
    List<Frame> all = new ArrayList<>(frames);
    last.map(SheetRow::small).ifPresent(all::add);
    return new ContactSheet.Row(new Video(all, 1), caption);
  }
}
