package io.zoetrope.eval.picture;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Structural similarity (Wang et al., 2004, eq. 13): Gaussian windows of 11x11 pixels with sigma
 * 1.5, K1 = 0.01, K2 = 0.03, where the window lies inside the picture; the mean over places,
 * channels and frames. So do scikit-image ({@code gaussian_weights=True,
 * use_sample_covariance=False}) and pytorch-msssim.
 */
public final class Ssim {
  private static final int WINDOW = 11;
  private static final double SIGMA = 1.5;
  private static final double RANGE = 2;
  private static final double C1 = Math.pow(0.01 * RANGE, 2);
  private static final double C2 = Math.pow(0.03 * RANGE, 2);

  private Ssim() {}

  /**
   * Of two videos [3, F, H, W] in [-1, 1], at least 11x11 pixels.
   *
   * @return at most 1, which equal videos have
   */
  public static double of(Tensor x_CFHW, Tensor y_CFHW) {
    long height = x_CFHW.size(2);
    long width = x_CFHW.size(3);
    if (height < WINDOW || width < WINDOW) {
      throw new UserError(
          Fault.INVALID,
          "SSIM needs pictures of at least 11x11 pixels, not %sx%s".formatted(width, height));
    }
    return Scopes.value(() -> {
      Tensor x = planes(x_CFHW);
      Tensor y = planes(y_CFHW);
      Tensor meanX = blur(x);
      Tensor meanY = blur(y);
      Tensor varX = blur(x.square()).sub(meanX.square());
      Tensor varY = blur(y.square()).sub(meanY.square());
      Tensor cov = blur(x.mul(y)).sub(meanX.mul(meanY));
      Tensor luminance =
          Ops.add(Ops.mul(meanX.mul(meanY), 2), C1)
              .div(Ops.add(meanX.square().add(meanY.square()), C1));
      Tensor structure = Ops.add(Ops.mul(cov, 2), C2).div(Ops.add(varX.add(varY), C2));
      return luminance.mul(structure).mean().item_double();
    });
  }

  /** Each channel of each frame as a picture of its own: [N, 1, H, W], f64. */
  private static Tensor planes(Tensor x) {
    return x.to(ScalarType.Double).reshape(-1, 1, x.size(2), x.size(3));
  }

  private static Tensor blur(Tensor x) {
    double[] taps = new double[WINDOW];
    double sum = 0;
    for (int i = 0; i < WINDOW; i++) {
      double d = i - WINDOW / 2;
      taps[i] = Math.exp(-d * d / (2 * SIGMA * SIGMA));
      sum += taps[i];
    }
    for (int i = 0; i < WINDOW; i++) {
      taps[i] /= sum;
    }
    Tensor rows = Ops.conv2d(x, Tensors.of(taps, 1, 1, 1, WINDOW), Optional.empty(), 1, 0);
    return Ops.conv2d(rows, Tensors.of(taps, 1, 1, WINDOW, 1), Optional.empty(), 1, 0);
  }
}
