package io.zoetrope.data.toybox;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.zoetrope.data.toybox.ToyboxObject.Pose;
import io.zoetrope.data.toybox.Traits.Motion;
import io.zoetrope.media.Frame;
import io.zoetrope.media.Video;
import org.junit.jupiter.api.Test;

class ToyboxTruthTest {
  private static final int W = 112;
  private static final int H = 96;

  @Test
  void theClipIsTheRenderersClip() {
    ToyboxScene scene = ToyboxScene.sample(1, 2, Split.TRAIN);
    Video plain = ToyboxRenderer.render(scene, W, H, 4, 8);
    Video truth = ToyboxTruth.render(scene, W, H, 4, 8).video();
    for (int k = 0; k < 4; k++) {
      assertArrayEquals(plain.frames().get(k).rgb(), truth.frames().get(k).rgb());
    }
  }

  @Test
  void theFlowCarriesAFrameOntoTheNext() {
    double worst = 0;
    for (int n = 0; n < 60; n++) {
      ToyboxTruth truth = ToyboxTruth.render(ToyboxScene.sample(4, n, Split.TRAIN), W, H, 8, 8);
      for (int i = 0; i < truth.tracks().size(); i++) {
        Motion motion = truth.scene().objects().get(i).motion();
        for (int k = 0; k + 1 < 8; k++) {
          double error = warpError(truth, i, k);
          // The lamp stands still, so a turning surface changes its shade; a fading one its paint.
          double allowed = motion == Motion.SPIN ? 26 : motion == Motion.FADE ? 22 : 7;
          assertTrue(error < allowed, "scene " + n + " " + motion + " frame " + k + ": " + error);
          worst = Math.max(worst, error);
        }
      }
    }
    assertTrue(worst > 0, "nothing was compared");
  }

  @Test
  void masksSitWhereTracksSay() {
    for (int n = 0; n < 100; n++) {
      ToyboxScene scene = ToyboxScene.sample(6, n, Split.TRAIN);
      if (scene.objects().size() > 1) {
        continue;
      }
      ToyboxTruth truth = ToyboxTruth.render(scene, W, H, 4, 2);
      for (int k = 0; k < 4; k++) {
        Pose pose = truth.tracks().getFirst().get(k);
        byte[] mask = truth.masks().getFirst()[k];
        double sum = 0;
        double sx = 0;
        double sy = 0;
        for (int at = 0; at < mask.length; at++) {
          double a = (mask[at] & 255) / 255.0;
          sum += a;
          sx += a * (at % W + 0.5);
          sy += a * (at / W + 0.5);
        }
        if (pose.opacity() == 0) {
          assertEquals(0, sum);
          continue;
        }
        // A crescent's centroid lies off its middle, by less than half the radius.
        double slack = 0.5 * pose.radius() * H;
        assertEquals((pose.x() - 0.5) * H + 0.5 * W, sx / sum, slack);
        assertEquals(pose.y() * H, sy / sum, slack);
        double full = Math.PI * Math.pow(pose.radius() * H, 2);
        assertTrue(sum < full && sum > 0.2 * full, () -> "coverage " + pose);
      }
    }
  }

  @Test
  void masksOfOneFrameNeverSumAboveOne() {
    for (int n = 0; n < 80; n++) {
      ToyboxTruth truth = ToyboxTruth.render(ToyboxScene.sample(8, n, Split.TRAIN), W, H, 4, 2);
      assertEquals(truth.scene().objects().size(), truth.depth().getFirst().size());
      for (int k = 0; k < 4; k++) {
        for (int at = 0; at < W * H; at++) {
          int sum = 0;
          for (byte[][] masks : truth.masks()) {
            sum += masks[k][at] & 255;
          }
          assertTrue(sum <= 256, "sum " + sum);
        }
      }
    }
  }

  /** Mean absolute difference over pixels well inside the object, in both frames, 0 to 255. */
  private static double warpError(ToyboxTruth truth, int i, int k) {
    byte[] now = truth.masks().get(i)[k];
    byte[] next = truth.masks().get(i)[k + 1];
    Frame from = truth.video().frames().get(k);
    Frame to = truth.video().frames().get(k + 1);
    double sum = 0;
    int count = 0;
    for (int y = 1; y < H - 1; y++) {
      for (int x = 1; x < W - 1; x++) {
        int at = y * W + x;
        double qx = x + truth.flow().get(k)[2 * at];
        double qy = y + truth.flow().get(k)[2 * at + 1];
        int ix = (int) Math.floor(qx);
        int iy = (int) Math.floor(qy);
        if (!solid(now, x - 1, y - 1, 3) || !solid(next, ix, iy, 2)) {
          continue;
        }
        for (int c = 0; c < 3; c++) {
          double fx = qx - ix;
          double fy = qy - iy;
          double there =
              (1 - fy) * ((1 - fx) * value(to, ix, iy, c) + fx * value(to, ix + 1, iy, c))
                  + fy * ((1 - fx) * value(to, ix, iy + 1, c) + fx * value(to, ix + 1, iy + 1, c));
          sum += Math.abs(there - value(from, x, y, c));
          count++;
        }
      }
    }
    return count == 0 ? 0 : sum / count;
  }

  private static boolean solid(byte[] mask, int x0, int y0, int n) {
    for (int y = y0; y < y0 + n; y++) {
      for (int x = x0; x < x0 + n; x++) {
        if (x < 0 || y < 0 || x >= W || y >= H || (mask[y * W + x] & 255) < 254) {
          return false;
        }
      }
    }
    return true;
  }

  private static int value(Frame frame, int x, int y, int c) {
    return frame.rgb()[(y * W + x) * 3 + c] & 255;
  }
}
