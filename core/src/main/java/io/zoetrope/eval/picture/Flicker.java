package io.zoetrope.eval.picture;

import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Scopes;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Temporal flicker: how much pixels that do not move tremble from frame to frame. Of the second
 * difference in time, {@code x[k+1] - 2 x[k] + x[k-1]}, the median over pixels and frames says what
 * most of the picture does, whatever moves in the rest. Scaled so that independent noise of
 * standard deviation s on a still picture, or one whose light changes evenly, has flicker s.
 */
public final class Flicker {
  /** The median of the absolute value of a standard normal. */
  private static final double MEDIAN = 0.6744897501960817;

  /** In 8-bit levels, of which [-1, 1] has 255. */
  private static final double LEVELS = 127.5;

  private Flicker() {}

  /**
   * In 8-bit levels; 0 is steady.
   *
   * @param x_CFHW at least 3 frames; NaN of fewer
   */
  public static double of(Tensor x_CFHW) {
    long inner = x_CFHW.size(1) - 2;
    if (inner < 1) {
      return Double.NaN;
    }
    return Scopes.value(() -> {
      Tensor x = x_CFHW.to(ScalarType.Double);
      Tensor second =
          Ops.addScaled(
              x.narrow(1, 0, inner).add(x.narrow(1, 2, inner)), x.narrow(1, 1, inner), -2);
      double median = torch.median(second.abs()).item_double();
      return LEVELS * median / (MEDIAN * Math.sqrt(6));
    });
  }
}
