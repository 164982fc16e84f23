package io.zoetrope.curation.cut;

import io.zoetrope.media.Frame;

/**
 * A frame as {@value #SIDE} x {@value #SIDE} cells of mean colour: enough to see that a shot
 * changes, and small enough that a film fits in memory.
 *
 * @param cells red, green, blue of each cell, row by row; never written to once made
 */
@SuppressWarnings("ArrayRecordComponent")
public record Signature(byte[] cells) {
  /** Cells across, and down. */
  public static final int SIDE = 16;

  private static final int CELLS = SIDE * SIDE;

  /** Of a whole frame of any size. */
  public static Signature of(Frame frame) {
    return new Signature(averages(frame, SIDE, SIDE));
  }

  /** Mean colours of equal parts of a frame: {@code 3 * across * down} bytes, row by row. */
  public static byte[] averages(Frame frame, int across, int down) {
    byte[] out = new byte[3 * across * down];
    byte[] rgb = frame.rgb();
    for (int j = 0; j < down; j++) {
      int top = j * frame.height() / down;
      int bottom = Math.max(top + 1, (j + 1) * frame.height() / down);
      for (int i = 0; i < across; i++) {
        int left = i * frame.width() / across;
        int right = Math.max(left + 1, (i + 1) * frame.width() / across);
        long r = 0;
        long g = 0;
        long b = 0;
        for (int y = top; y < bottom; y++) {
          int at = 3 * (y * frame.width() + left);
          for (int x = left; x < right; x++, at += 3) {
            r += rgb[at] & 255;
            g += rgb[at + 1] & 255;
            b += rgb[at + 2] & 255;
          }
        }
        int n = (bottom - top) * (right - left);
        int to = 3 * (j * across + i);
        out[to] = (byte) ((r + n / 2) / n);
        out[to + 1] = (byte) ((g + n / 2) / n);
        out[to + 2] = (byte) ((b + n / 2) / n);
      }
    }
    return out;
  }

  /** Mean difference to another frame, 0 to 1: black against white is 1. */
  public double to(Signature other) {
    int sum = 0;
    for (int i = 0; i < cells.length; i++) {
      sum += Math.abs((cells[i] & 255) - (other.cells[i] & 255));
    }
    return sum / (255.0 * cells.length);
  }

  /**
   * How much of the frame takes part in the change to another, 0 to 1: 1 if all cells change alike,
   * 1 / 256 if one cell does.
   */
  public double spread(Signature other) {
    double sum = 0;
    double squares = 0;
    for (int c = 0; c < CELLS; c++) {
      double change = 0;
      for (int i = 3 * c; i < 3 * c + 3; i++) {
        change += Math.abs((cells[i] & 255) - (other.cells[i] & 255));
      }
      sum += change;
      squares += change * change;
    }
    return squares == 0 ? 0 : sum * sum / (CELLS * squares);
  }

  /** The largest change of a cell to another frame, 0 to 1, but for the one cell in a hundred. */
  public double largest(Signature other) {
    int[] counts = new int[256];
    for (int c = 0; c < CELLS; c++) {
      int change = 0;
      for (int i = 3 * c; i < 3 * c + 3; i++) {
        change = Math.max(change, Math.abs((cells[i] & 255) - (other.cells[i] & 255)));
      }
      counts[change]++;
    }
    int left = CELLS / 100;
    for (int v = 255; v > 0; v--) {
      left -= counts[v];
      if (left < 0) {
        return v / 255.0;
      }
    }
    return 0;
  }

  /** Mean brightness, 0 to 1. */
  public double light() {
    double sum = 0;
    for (int c = 0; c < CELLS; c++) {
      sum += light(c);
    }
    return sum / CELLS;
  }

  /** How far the brightness of cells lies from the mean, 0 to 0.5: about 0 for a plain frame. */
  public double contrast() {
    double mean = light();
    double squares = 0;
    for (int c = 0; c < CELLS; c++) {
      squares += (light(c) - mean) * (light(c) - mean);
    }
    return Math.sqrt(squares / CELLS);
  }

  private double light(int cell) {
    int at = 3 * cell;
    return (0.299 * (cells[at] & 255)
            + 0.587 * (cells[at + 1] & 255)
            + 0.114 * (cells[at + 2] & 255))
        / 255;
  }

  /** Whether nothing can be seen: as dark as a film between two scenes. */
  public boolean black() {
    return light() < 0.06 && contrast() < 0.03;
  }
}
