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
    Arrays.sort(steps);
    int n = steps.length;
    double median = (steps[(n - 1) / 2] + steps[n / 2]) / 2;
    double back = rms(x_CFHW.narrow(1, 0, 1), x_CFHW.narrow(1, n, 1));
    return median > 0 ? back / median : Double.NaN;
  }
}
