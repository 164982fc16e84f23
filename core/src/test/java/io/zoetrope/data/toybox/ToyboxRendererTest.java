package io.zoetrope.data.toybox;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.zoetrope.error.UserError;
import io.zoetrope.media.Frame;
import io.zoetrope.media.Video;
import org.junit.jupiter.api.Test;

class ToyboxRendererTest {
  @Test
  void twiceTheSizeIsTheSamePicture() {
    for (int n = 0; n < 60; n++) {
      ToyboxScene scene = ToyboxScene.sample(2, n, Split.TRAIN);
      double t = 0.3 + 0.01 * n;
      Frame small = ToyboxRenderer.renderAt(scene, 128, 96, t);
      Frame large = ToyboxRenderer.renderAt(scene, 256, 192, t);
      double sum = 0;
      int far = 0;
      for (int at = 0; at < small.rgb().length; at++) {
        int c = at % 3;
        int x = at / 3 % 128 * 2;
        int y = at / 3 / 128 * 2;
        int mean = 2;
        for (int q = 0; q < 4; q++) {
          mean += large.rgb()[((y + q / 2) * 256 + x + q % 2) * 3 + c] & 255;
        }
        int error = Math.abs(mean / 4 - (small.rgb()[at] & 255));
        sum += error;
        far += error > 40 ? 1 : 0;
      }
      double mae = sum / small.rgb().length;
      int farPixels = far;
      assertTrue(mae < 0.8, () -> "mean error " + mae);
      assertTrue(farPixels < 30, () -> farPixels + " values far off");
    }
  }

  @Test
  void theRateOnlyChoosesTheMoments() {
    ToyboxScene scene = ToyboxScene.sample(3, 5, Split.TRAIN);
    Video slow = ToyboxRenderer.render(scene, 64, 64, 4, 4);
    Video fast = ToyboxRenderer.render(scene, 64, 64, 13, 16);
    for (int k = 0; k < 4; k++) {
      assertArrayEquals(slow.frames().get(k).rgb(), fast.frames().get(4 * k).rgb());
    }
    assertEquals(16, fast.fps());
  }

  @Test
  void aWideFrameShowsTheSameSquareInItsMiddle() {
    ToyboxScene scene = ToyboxScene.sample(3, 9, Split.TRAIN);
    Frame square = ToyboxRenderer.renderAt(scene, 64, 64, 1);
    Frame wide = ToyboxRenderer.renderAt(scene, 96, 64, 1);
    for (int y = 0; y < 64; y++) {
      for (int x = 0; x < 64 * 3; x++) {
        assertEquals(square.rgb()[y * 192 + x], wide.rgb()[y * 288 + 48 + x], 1.0);
      }
    }
  }

  @Test
  void clipsThatCannotBeAreRefused() {
    ToyboxScene scene = ToyboxScene.sample(3, 9, Split.TRAIN);
    assertThrows(UserError.class, () -> ToyboxRenderer.render(scene, 0, 64, 4, 8));
    assertThrows(UserError.class, () -> ToyboxRenderer.render(scene, 64, -1, 4, 8));
    assertThrows(UserError.class, () -> ToyboxRenderer.render(scene, 64, 64, 0, 8));
    assertThrows(UserError.class, () -> ToyboxRenderer.render(scene, 64, 64, 1_000_000_000, 8));
    assertThrows(UserError.class, () -> ToyboxRenderer.render(scene, 64, 64, 4, Double.NaN));
  }
}
