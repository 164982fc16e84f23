package io.zoetrope.curation.measure;

import io.zoetrope.media.Frame;

/**
 * The share of the picture that looks written on: blocks in which brightness goes up and down again
 * within a few pixels, often and steeply, in rows beside each other. It knows no letters, and takes
 * a fence for text; a detector of text is better where there is one.
 */
final class Strokes implements Measure {
  private static final int FRAMES = 3;

  /** Blocks of so many pixels, of a picture whose shorter side has {@value #SIDE}. */
  private static final int BLOCK = 8;

  private static final int SIDE = 128;

  /** How steep a stroke's side is, of 255. */
  private static final int STEEP = 40;

  /** Turns from brighter to darker or back in a block of 8 x 8. */
  private static final int TURNS = 10;

  @Override
  public String name() {
    return "text";
  }

  @Override
  public String version() {
    return "1";
  }

  @Override
  public String about() {
    return "share of the picture that looks written on, at first, middle and last";
  }

  @Override
  public Meter begin(About clip) {
    int[] at = {0, clip.frames() / 2, clip.frames() - 1};
    return new Meter() {
      private double sum;
      private int count;

      @Override
      public boolean wants(int index) {
        return index == at[0] || index == at[1] || index == at[2];
      }

      @Override
      public void add(Shot shot) {
        sum += written(shot.frame());
        count++;
      }

      @Override
      public Reading end() {
        return Reading.of(sum / Math.clamp(count, 1, FRAMES));
      }
    };
  }

  /** Of one frame, 0 to 1. */
  static double written(Frame frame) {
    int[] grey = new int[frame.width() * frame.height()];
    for (int i = 0; i < grey.length; i++) {
      byte[] rgb = frame.rgb();
      grey[i] =
          (77 * (rgb[3 * i] & 255) + 150 * (rgb[3 * i + 1] & 255) + 29 * (rgb[3 * i + 2] & 255))
              >> 8;
    }
    // Large pictures are looked at in parts of the size that strokes have in small ones.
    int block = Math.max(BLOCK, BLOCK * Math.min(frame.width(), frame.height()) / SIDE);
    int across = Math.max(1, frame.width() / block);
    int down = Math.max(1, frame.height() / block);
    boolean[] dense = new boolean[across * down];
    for (int j = 0; j < down; j++) {
      for (int i = 0; i < across; i++) {
        dense[j * across + i] =
            turns(grey, frame.width(), i * block, j * block, block) * BLOCK >= TURNS * block;
      }
    }
    int written = 0;
    for (int j = 0; j < down; j++) {
      for (int i = 0; i < across; i++) {
        // One block alone is the corner of a thing: writing goes on to the side.
        boolean beside =
            i > 0 && dense[j * across + i - 1] || i + 1 < across && dense[j * across + i + 1];
        written += dense[j * across + i] && beside ? 1 : 0;
      }
    }
    return (double) written / (across * down);
  }

  /** How often rows of a block turn, steeply each way. */
  private static int turns(int[] grey, int width, int left, int top, int block) {
    int turns = 0;
    for (int y = top; y < top + block; y++) {
      int low = grey[y * width + left];
      int high = low;
      int way = 0;
      for (int x = left + 1; x < left + block; x++) {
        int v = grey[y * width + x];
        if (way >= 0 && high - v >= STEEP) {
          turns += way > 0 ? 1 : 0;
          way = -1;
          low = v;
        } else if (way <= 0 && v - low >= STEEP) {
          turns += way < 0 ? 1 : 0;
          way = 1;
          high = v;
        }
        low = Math.min(low, v);
        high = Math.max(high, v);
      }
    }
    return turns;
  }
}
