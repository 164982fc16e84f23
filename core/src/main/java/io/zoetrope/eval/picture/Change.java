package io.zoetrope.eval.picture;

import io.zoetrope.torch.Scopes;
import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** How much pictures differ. */
public final class Change {
  private Change() {}

  /** Root mean square difference of two tensors of one shape; black against white is 2. */
  public static double rms(Tensor x, Tensor y) {
    return Scopes.value(() -> {
      Tensor d = x.to(ScalarType.Double).sub(y.to(ScalarType.Double));
      return Math.sqrt(d.square().mean().item_double());
    });
  }

  /** The difference from each frame of [3, F, H, W] to the next: F - 1 numbers. */
  public static double[] steps(Tensor x_CFHW) {
    double[] steps = new double[(int) x_CFHW.size(1) - 1];
    Arrays.setAll(steps, k -> rms(x_CFHW.narrow(1, k + 1, 1), x_CFHW.narrow(1, k, 1)));
    return steps;
  }

  /**
   * How a loop closes: the step from the last frame back to the first, over the median step between
   * neighbours. 1 is seamless; a video without any motion has no ratio (NaN).
   */
  public static double loopStepRatio(Tensor x_CFHW) {
    double[] steps = steps(x_CFHW);
    return ratio(rms(x_CFHW.narrow(1, 0, 1), x_CFHW.narrow(1, steps.length, 1)), steps);
  }

  /**
   * How a video leaves a frame that it was given: the first step over the median step between
   * neighbours, or NaN as above. Beyond 1, the given frame looks unlike what the model makes.
   */
  public static double firstStepRatio(Tensor x_CFHW) {
    double[] steps = steps(x_CFHW);
    return ratio(steps[0], steps);
  }

  private static double ratio(double step, double[] steps) {
    double[] sorted = steps.clone();
    Arrays.sort(sorted);
    int n = sorted.length;
    double median = (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
    return median > 0 ? step / median : Double.NaN;
  }
}
