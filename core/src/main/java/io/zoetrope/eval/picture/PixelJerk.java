package io.zoetrope.eval.picture;

import io.zoetrope.eval.Seams;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Scopes;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * How abruptly pixels change where clips join, for videos of anything: the root mean square of
 * second and third differences in time, {@code x[k+1] - 2 x[k] + x[k-1]} and {@code x[k+2] - 3
 * x[k+1] + 3 x[k] - x[k-1]}, at seams and elsewhere. Steady motion has the same on both sides.
 */
public final class PixelJerk {
  private static final double[] SECOND = {1, -2, 1};
  private static final double[] THIRD = {-1, 3, -3, 1};

  private PixelJerk() {}

  /** Change of the change from frame to frame. */
  public static Seams.Contrast second(Tensor x_CFHW, List<Integer> seams) {
    return contrast(x_CFHW, seams, SECOND);
  }

  /** Change of that. */
  public static Seams.Contrast third(Tensor x_CFHW, List<Integer> seams) {
    return contrast(x_CFHW, seams, THIRD);
  }

  /**
   * The root mean square second difference at each frame, {@code x[k+1] - 2 x[k] + x[k-1]}; NaN at
   * both ends.
   */
  public static List<Double> profile(Tensor x_CFHW) {
    List<Double> profile = new ArrayList<>();
    for (int k = 0; k < x_CFHW.size(1); k++) {
      boolean end = k == 0 || k + 1 == x_CFHW.size(1);
      profile.add(end ? Double.NaN : rms(x_CFHW.narrow(1, k - 1, SECOND.length), SECOND));
    }
    return profile;
  }

  private static Seams.Contrast contrast(Tensor x_CFHW, List<Integer> seams, double[] stencil) {
    int places = (int) x_CFHW.size(1) - stencil.length + 1;
    return Seams.contrast(
        places,
        stencil.length,
        seams,
        first -> rms(x_CFHW.narrow(1, first, stencil.length), stencil));
  }

  private static double rms(Tensor frames, double[] stencil) {
    return Scopes.value(() -> {
      Tensor x = frames.to(ScalarType.Double);
      Tensor sum = Ops.mul(x.select(1, 0), stencil[0]);
      for (int k = 1; k < stencil.length; k++) {
        sum = Ops.addScaled(sum, x.select(1, k), stencil[k]);
      }
      return Math.sqrt(sum.square().mean().item_double());
    });
  }
}
