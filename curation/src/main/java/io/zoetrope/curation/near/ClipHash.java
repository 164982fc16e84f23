package io.zoetrope.curation.near;

import io.zoetrope.curation.cut.Signature;
import io.zoetrope.media.Frame;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What a clip looks like, small enough to stand in a table: two frames near its beginning and two
 * near its end, as 9 x 8 colours. Their difference hash finds candidates, the colours say whether
 * they are the same.
 *
 * @param colours 4 frames x 8 rows x 9 x red, green, blue
 */
@SuppressWarnings("ArrayRecordComponent")
public record ClipHash(byte[] colours) {
  /** Frames that are looked at. */
  public static final int FRAMES = 4;

  private static final int ROWS = 8;
  private static final int COLUMNS = 9;
  private static final int BITS = FRAMES * ROWS * (COLUMNS - 1);

  /** Brighter by so much of 255 is brighter: less may be the codec's. */
  private static final int CLEARLY = 4;

  /** Bits that have to agree for two clips to meet, and how many ways there are to. */
  private static final int BAND = 20;

  private static final int BANDS = 40;

  private static final int[][] PLACES = places();

  private static int[][] places() {
    SplittableRandom random = new SplittableRandom(20);
    int[][] places = new int[BANDS][BAND];
    int b = 0;
    for (int[] band : places) {
      // Of the beginning alone, or of the end: a copy may be cut elsewhere at the other.
      int half = b++ % 2 * (BITS / 2);
      for (int i = 0; i < BAND; i++) {
        band[i] = half + random.nextInt(BITS / 2);
      }
    }
    return places;
  }

  /**
   * Of frames.
   *
   * @param frames {@value #FRAMES} of them, of {@link #places}
   */
  public static ClipHash of(List<Frame> frames) {
    int one = ROWS * COLUMNS * 3;
    byte[] colours = new byte[FRAMES * one];
    for (int f = 0; f < FRAMES; f++) {
      Frame frame = frames.get(f);
      System.arraycopy(Signature.averages(frame, COLUMNS, ROWS), 0, colours, f * one, one);
    }
    return new ClipHash(colours);
  }

  /** As a table has it. */
  public String text() {
    return Base64.getEncoder().encodeToString(colours);
  }

  /** What {@link #text} wrote. */
  public static ClipHash parse(String text) {
    return new ClipHash(Base64.getDecoder().decode(text));
  }

  /**
   * Which frames of a clip: two at its beginning and two at its end, at times and not at shares, so
   * that a copy which ends elsewhere begins alike.
   */
  public static int[] places(int frames, double fps) {
    int[] at = new int[FRAMES];
    double[] seconds = {0.1, 0.4};
    for (int i = 0; i < 2; i++) {
      int off = Math.clamp(Math.round(seconds[i] * fps), 0, Math.max(0, frames - 1));
      at[i] = off;
      at[FRAMES - 1 - i] = frames - 1 - off;
    }
    return at;
  }

  /** Of the clip with left and right exchanged. */
  public ClipHash mirrored() {
    byte[] turned = new byte[colours.length];
    for (int row = 0; row < FRAMES * ROWS; row++) {
      for (int x = 0; x < COLUMNS; x++) {
        System.arraycopy(
            colours, 3 * (row * COLUMNS + x), turned, 3 * (row * COLUMNS + COLUMNS - 1 - x), 3);
      }
    }
    return new ClipHash(turned);
  }

  /**
   * How far the colours of two clips are apart, root mean square, 0 to 1: at the beginning or at
   * the end, where they are nearer; but at least a quarter of what it is at the other, for two
   * empty tables are not the same film.
   */
  public double to(ClipHash other) {
    int half = colours.length / 2;
    double begins = apart(other, 0, half);
    double ends = apart(other, half, colours.length);
    return Math.max(Math.min(begins, ends), Math.max(begins, ends) / 4);
  }

  private double apart(ClipHash other, int from, int to) {
    double sum = 0;
    for (int i = from; i < to; i++) {
      double d = (colours[i] & 255) - (other.colours[i] & 255);
      sum += d * d;
    }
    return Math.sqrt(sum / (to - from)) / 255;
  }

  /**
   * Buckets in which it meets clips like it. Two clips of which one bit in twenty differs, at the
   * beginning or the end, miss each other in all of them once in ten thousand times. A plain clip
   * has few.
   */
  public List<Long> bands() {
    boolean[] bits = new boolean[BITS];
    boolean any = false;
    for (int row = 0; row < FRAMES * ROWS; row++) {
      for (int x = 0; x < COLUMNS - 1; x++) {
        int at = 3 * (row * COLUMNS + x);
        boolean up = light(at + 3) - light(at) > CLEARLY;
        bits[row * (COLUMNS - 1) + x] = up;
        any |= up;
      }
    }
    List<Long> bands = new ArrayList<>();
    for (int b = 0; b < BANDS; b++) {
      long key = 0;
      for (int place : PLACES[b]) {
        key = key << 1 | (bits[place] ? 1 : 0);
      }
      if (key != 0 || !any) {
        bands.add((long) b << BAND | key);
      }
    }
    return bands;
  }

  private int light(int at) {
    return (77 * (colours[at] & 255) + 150 * (colours[at + 1] & 255) + 29 * (colours[at + 2] & 255))
        >> 8;
  }
}
