package io.zoetrope.network.vision;

import io.zoetrope.torch.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Whole pictures squashed to squares, as Stable Video Diffusion shows them to its encoder: blurred
 * by as much as they are made smaller, then sampled by a cubic filter (Keys 1981, a = -0.75),
 * corner pixels on corner pixels.
 */
public final class WholeSquare {
  private static final double CUBIC = -0.75;
  private static final double LEAST_BLUR = 0.001;

  private WholeSquare() {}

  /** Pictures [P, 3, H, W] -> [P, 3, side, side]; values are not clamped. */
  public static Tensor of(Tensor x_P3HW, int side) {
    ScalarType type = x_P3HW.scalar_type();
    Tensor down = along(Math.toIntExact(x_P3HW.size(2)), side).to(type);
    Tensor across = along(Math.toIntExact(x_P3HW.size(3)), side).to(type);
    return down.matmul(x_P3HW).matmul(across.transpose(0, 1));
  }

  /** What each of so many places takes of each of those before: [to, from]. */
  private static Tensor along(int from, int to) {
    double[] blur = blur(Math.max(((double) from / to - 1) / 2, LEAST_BLUR), from);
    double[] weights = new double[to * from];
    // In f32, as the reference has it: of hundreds of pixels the rounding is seen.
    float step = to == 1 ? 0 : (float) (from - 1) / (to - 1);
    for (int i = 0; i < to; i++) {
      float at = i * step;
      int whole = (int) Math.floor(at);
      for (int tap = -1; tap <= 2; tap++) {
        double share = cubic(at - whole - tap);
        int source = Math.clamp(whole + tap, 0, from - 1);
        for (int k = 0; k < blur.length; k++) {
          int place = reflected(source + k - blur.length / 2, from);
          weights[i * from + place] += share * blur[k];
        }
      }
    }
    return Tensors.of(weights, to, from);
  }

  /** A bell of an odd number of places. */
  private static double[] blur(double deviation, int from) {
    int size = (int) Math.max(4 * deviation, 3) | 1;
    int fitting = Math.min(size, 2 * from - 1);
    double[] bell = new double[fitting];
    double sum = 0;
    for (int i = 0; i < fitting; i++) {
      double x = (i - fitting / 2) / deviation;
      bell[i] = Math.exp(-x * x / 2);
      sum += bell[i];
    }
    for (int i = 0; i < fitting; i++) {
      bell[i] /= sum;
    }
    return bell;
  }

  private static int reflected(int place, int count) {
    int inside = Math.abs(place);
    return inside < count ? inside : 2 * (count - 1) - inside;
  }

  private static double cubic(double distance) {
    double x = Math.abs(distance);
    if (x <= 1) {
      return ((CUBIC + 2) * x - (CUBIC + 3)) * x * x + 1;
    }
    return x < 2 ? CUBIC * (((x - 5) * x + 8) * x - 4) : 0;
  }
}
