package io.zoetrope.curation.toybox;

import io.zoetrope.data.Clip;
import io.zoetrope.data.toybox.Split;
import io.zoetrope.data.toybox.ToyboxDataset;
import io.zoetrope.media.Frame;
import io.zoetrope.media.Video;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Clips of the toy world as a crawl would have them: a quarter stands still, a fifth has writing
 * over the picture, a fifth says what another shows, and three in twenty have a cut in the middle;
 * one clip may have several of these. A pure function of seed and index.
 *
 * @param seed of all
 * @param side pixels
 */
public record SpoiledClips(long seed, int side) {
  private static final double STILL = 0.25;
  private static final double WRITTEN = 0.20;
  private static final double WRONG = 0.20;
  private static final double CUT = 0.15;

  private static final int FRAMES = 16;
  private static final double FPS = 8;

  /** Letters a to z, 3 x 5, a row in three bits. */
  private static final int[] LETTERS = {
    0b010_101_111_101_101, 0b110_101_110_101_110, 0b011_100_100_100_011, 0b110_101_101_101_110,
    0b111_100_110_100_111, 0b111_100_110_100_100, 0b011_100_101_101_011, 0b101_101_111_101_101,
    0b111_010_010_010_111, 0b001_001_001_101_010, 0b101_101_110_101_101, 0b100_100_100_100_111,
    0b101_111_111_101_101, 0b110_101_101_101_101, 0b010_101_101_101_010, 0b110_101_110_100_100,
    0b010_101_101_110_011, 0b110_101_110_101_101, 0b011_100_010_001_110, 0b111_010_010_010_010,
    0b101_101_101_101_111, 0b101_101_101_101_010, 0b101_101_111_111_101, 0b101_101_010_101_101,
    0b101_101_010_010_010, 0b111_001_010_100_111
  };

  /**
   * A clip, and what is wrong with it.
   *
   * @param still whether nothing moves
   * @param written whether there are letters over the picture
   * @param wrong whether the caption is another clip's
   * @param cut whether its second half is another clip's
   */
  public record Spoiled(Clip clip, boolean still, boolean written, boolean wrong, boolean cut) {
    /** Whether nothing is wrong with it. */
    public boolean clean() {
      return !still && !written && !wrong && !cut;
    }
  }

  /** The clip at an index. */
  public Spoiled get(long index) {
    SplittableRandom random = new SplittableRandom(seed * 1_000_003 + index);
    ToyboxDataset toys = new ToyboxDataset(seed, Split.TRAIN, side, side, FRAMES, FPS);
    Clip clip = toys.get(index);
    boolean still = random.nextDouble() < STILL;
    boolean written = random.nextDouble() < WRITTEN;
    boolean wrong = random.nextDouble() < WRONG;
    boolean cut = random.nextDouble() < CUT;
    long other = index + 1_000_000_000L;
    List<Frame> frames = new ArrayList<>(clip.video().frames());
    if (still) {
      frames = new ArrayList<>(Collections.nCopies(FRAMES, frames.get(random.nextInt(FRAMES))));
    }
    if (cut) {
      List<Frame> behind = toys.get(other).video().frames();
      for (int k = FRAMES / 2; k < FRAMES; k++) {
        frames.set(k, still ? behind.getFirst() : behind.get(k));
      }
    }
    if (written) {
      Writing writing = Writing.of(random, side);
      frames.replaceAll(writing::over);
    }
    String caption = wrong ? toys.caption(other + 1) : clip.caption();
    return new Spoiled(new Clip(new Video(frames, FPS), caption), still, written, wrong, cut);
  }

  /** One or two lines of words, white with a dark edge, at the same place in all frames. */
  private record Writing(List<String> lines, int scale, int top, int left) {
    static Writing of(SplittableRandom random, int side) {
      int scale = Math.max(1, side / 64);
      int letters = side / (4 * scale) - 2;
      List<String> lines = new ArrayList<>();
      for (int l = 0; l < 1 + random.nextInt(2); l++) {
        StringBuilder line = new StringBuilder();
        int length = letters / 2 + random.nextInt(Math.max(1, letters / 2));
        for (int i = 0; i < length; i++) {
          line.append(random.nextInt(6) == 0 ? ' ' : (char) ('a' + random.nextInt(26)));
        }
        lines.add(line.toString());
      }
      int height = lines.size() * 7 * scale;
      return new Writing(
          lines, scale, 2 + random.nextInt(Math.max(1, side - height - 4)), 2 * scale);
    }

    Frame over(Frame frame) {
      byte[] rgb = frame.rgb().clone();
      for (boolean edge : new boolean[] {true, false}) {
        for (int l = 0; l < lines.size(); l++) {
          for (int i = 0; i < lines.get(l).length(); i++) {
            int x = left + i * 4 * scale;
            letter(rgb, frame.width(), lines.get(l).charAt(i), x, top + l * 7 * scale, edge);
          }
        }
      }
      return new Frame(frame.width(), frame.height(), rgb);
    }

    private void letter(byte[] rgb, int width, char c, int x, int y, boolean edge) {
      int bits = c == ' ' ? 0 : LETTERS[c - 'a'];
      for (int p = 0; p < 15; p++) {
        if ((bits >> (14 - p) & 1) == 1) {
          dot(rgb, width, x + p % 3 * scale, y + p / 3 * scale, edge);
        }
      }
    }

    private void dot(byte[] rgb, int width, int x, int y, boolean edge) {
      int grow = edge ? Math.max(1, scale / 2) : 0;
      int height = rgb.length / 3 / width;
      for (int j = y - grow; j < y + scale + grow; j++) {
        for (int i = x - grow; i < x + scale + grow; i++) {
          if (i >= 0 && i < width && j >= 0 && j < height) {
            java.util.Arrays.fill(
                rgb, 3 * (j * width + i), 3 * (j * width + i) + 3, (byte) (edge ? 20 : 245));
          }
        }
      }
    }
  }
}
