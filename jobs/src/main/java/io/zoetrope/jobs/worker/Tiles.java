package io.zoetrope.jobs.worker;

import io.zoetrope.media.Frame;
import java.util.List;

/** Frames of one size on one picture, side by side and without gaps. */
final class Tiles {
  private Tiles() {}

  /**
   * Line by line; what is left of the last line is black.
   *
   * @param frames at least one
   * @param across how many in a line at most
   */
  static Frame of(List<Frame> frames, int across) {
    Frame first = frames.getFirst();
    int columns = Math.min(across, frames.size());
    int rows = (frames.size() + columns - 1) / columns;
    int width = Math.multiplyExact(columns, first.width());
    int height = Math.multiplyExact(rows, first.height());
    byte[] rgb = new byte[Math.multiplyExact(3, Math.multiplyExact(width, height))];
    int line = 3 * first.width();
    for (int i = 0; i < frames.size(); i++) {
      byte[] from = frames.get(i).rgb();
      for (int y = 0; y < first.height(); y++) {
        int at = ((i / columns) * first.height() + y) * width + (i % columns) * first.width();
        System.arraycopy(from, y * line, rgb, 3 * at, line);
      }
    }
    return new Frame(width, height, rgb);
  }
}
