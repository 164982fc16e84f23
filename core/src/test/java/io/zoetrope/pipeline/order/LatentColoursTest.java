package io.zoetrope.pipeline.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.zoetrope.media.Frame;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Colours of latents. */
class LatentColoursTest {
  private static final int W = 6;
  private static final int H = 4;

  private static float[] latents(int channels, long seed) {
    Random random = new Random(seed);
    float[] z = new float[channels * W * H];
    for (int i = 0; i < z.length; i++) {
      z[i] = (float) random.nextGaussian();
    }
    return z;
  }

  /** Twice as large as its latents; green is 100 + 20 times the second channel. */
  private static Frame decoded(float[] z) {
    byte[] rgb = new byte[3 * 4 * W * H];
    for (int y = 0; y < 2 * H; y++) {
      for (int x = 0; x < 2 * W; x++) {
        int at = 3 * (y * 2 * W + x);
        rgb[at] = 50;
        rgb[at + 1] = (byte) Math.round(100 + 20 * z[W * H + y / 2 * W + x / 2]);
        rgb[at + 2] = (byte) 200;
      }
    }
    return new Frame(2 * W, 2 * H, rgb);
  }

  @Test
  void whatIsLinearIsShownAsItIs() {
    LatentColours colours =
        LatentColours.Seen.nothing(3, 1).and(latents(3, 1), W, H, decoded(latents(3, 1))).fit();
    float[] other = latents(3, 2);
    Frame shown = colours.show(other, W, H);
    for (int at = 0; at < W * H; at++) {
      assertThat(shown.rgb()[3 * at] & 0xff).isCloseTo(50, within(1));
      assertThat(shown.rgb()[3 * at + 1] & 0xff)
          .isCloseTo(Math.round(100 + 20 * other[W * H + at]), within(2));
      assertThat(shown.rgb()[3 * at + 2] & 0xff).isCloseTo(200, within(1));
    }
  }

  /** A channel that does not vary, and fewer pixels than channels. */
  @Test
  void whatCannotBeKnownIsNoise() {
    float[] flat = new float[40 * W * H];
    Frame shown =
        LatentColours.Seen.nothing(40, 1)
            .and(flat, W, H, decoded(latents(2, 3)))
            .fit()
            .show(flat, W, H);
    assertThat(shown.rgb()[2] & 0xff).isCloseTo(200, within(1));
  }
}
