package io.zoetrope.media;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.awt.Color;
import java.util.ArrayList;
import java.util.List;

/** Many frames on one picture: a row for each clip, or the frames of one clip line by line. */
public final class ContactSheet {
  private static final Color PAPER = new Color(0xf6f5f2);
  private static final Color INK = new Color(0x2b2b2b);
  private static final int GAP = 4;
  private static final int MOST_PIXELS = 1 << 28;

  private ContactSheet() {}

  /**
   * One line of a sheet.
   *
   * @param caption what to write above the frames; empty for nothing
   */
  public record Row(Video video, String caption) {}

  /**
   * A row for each clip, {@code columns} frames of it evenly spaced in time: first and last frame
   * included, none twice.
   *
   * @param rows at least one; clips may differ in size and length
   * @param columns at least 1; clips with fewer frames leave the rest of their row empty
   */
  public static Frame of(List<Row> rows, int columns) {
    if (rows.isEmpty() || columns < 1) {
      throw new UserError(Fault.INVALID, "a contact sheet needs at least one clip and one column");
    }
    int cellWidth = rows.stream().mapToInt(r -> r.video().width()).max().orElseThrow();
    int most = rows.stream().mapToInt(r -> r.video().frames().size()).max().orElseThrow();
    int across = Math.min(columns, most);
    boolean captions = Canvas.hasFonts() && rows.stream().anyMatch(r -> !r.caption().isBlank());
    int textSize = Math.clamp(cellWidth / 9, 10, 20);
    int textHeight = captions ? textSize + 8 : 0;
    int width = GAP + across * (cellWidth + GAP);
    int height = GAP;
    for (Row row : rows) {
      height = Math.addExact(height, heading(row, textHeight) + row.video().height() + GAP);
    }
    try (Canvas canvas = canvas(width, height)) {
      int y = GAP;
      for (Row row : rows) {
        if (heading(row, textHeight) > 0) {
          canvas.font(textSize, false, INK);
          canvas.text(
              canvas.fit(row.caption().strip(), width - 3 * GAP), GAP + 1, y + textHeight / 2);
          y += textHeight;
        }
        List<Frame> frames = sample(row.video().frames(), across);
        for (int i = 0; i < frames.size(); i++) {
          canvas.picture(frames.get(i), GAP + i * (cellWidth + GAP), y);
        }
        y += row.video().height() + GAP;
      }
      return canvas.frame();
    }
  }

  private static int heading(Row row, int textHeight) {
    return row.caption().isBlank() ? 0 : textHeight;
  }

  /** All frames, left to right and down, on a sheet of about 3:2 with few empty places. */
  public static Frame grid(List<Frame> frames) {
    if (frames.isEmpty()) {
      throw new UserError(Fault.INVALID, "a contact sheet needs at least one frame");
    }
    int w = frames.stream().mapToInt(Frame::width).max().orElseThrow();
    int h = frames.stream().mapToInt(Frame::height).max().orElseThrow();
    int across = 1;
    for (int n = 2; n <= frames.size(); n++) {
      across = misfit(n, frames.size(), w, h) < misfit(across, frames.size(), w, h) ? n : across;
    }
    int down = (frames.size() + across - 1) / across;
    try (Canvas canvas =
        canvas(
            Math.addExact(GAP, Math.multiplyExact(across, w + GAP)),
            Math.addExact(GAP, Math.multiplyExact(down, h + GAP)))) {
      for (int i = 0; i < frames.size(); i++) {
        canvas.picture(frames.get(i), GAP + i % across * (w + GAP), GAP + i / across * (h + GAP));
      }
      return canvas.frame();
    }
  }

  /** How far a sheet is from 3:2 (log ratio), and how much of it is empty. */
  private static double misfit(int across, int frames, int w, int h) {
    int down = (frames + across - 1) / across;
    double shape = (double) across * w / (down * h) / 1.5;
    return Math.abs(Math.log(shape)) + (double) (across * down - frames) / frames;
  }

  /** At most {@code n} of the frames, evenly spaced, first and last included. */
  static List<Frame> sample(List<Frame> frames, int n) {
    if (frames.size() <= n) {
      return frames;
    }
    List<Frame> out = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      out.add(frames.get(n == 1 ? 0 : (int) Math.round(i * (frames.size() - 1.0) / (n - 1))));
    }
    return out;
  }

  private static Canvas canvas(int width, int height) {
    if ((long) width * height > MOST_PIXELS) {
      throw new UserError(
          Fault.TOO_LARGE,
          "a contact sheet of %sx%s pixels is too large".formatted(width, height),
          "take fewer or smaller frames");
    }
    return new Canvas(width, height, PAPER);
  }
}
