package io.zoetrope.eval.features;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.Linalg;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Scopes;
import java.util.SplittableRandom;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * The Frechet distance between two sets of features, taken as Gaussians (Dowson &amp; Landau, 1982;
 * Heusel et al., 2017, eq. 6): {@code |m1 - m2|^2 + tr(C1 + C2 - 2 (C1^1/2 C2 C1^1/2)^1/2)}.
 *
 * <p>It is biased upwards, by about c / N for sets of N videos: compare equal N only, or take
 * {@link #extrapolated}.
 *
 * @param distance as defined, of the whole sets; 0 or more
 * @param extrapolated for N to infinity: a straight line over 1 / N through the distances of random
 *     parts of the sets (Chong &amp; Forsyth, 2020); may be a little below 0. NaN of fewer than
 *     {@value #LEAST} videos
 * @param n videos of the smaller set
 */
public record FrechetDistance(double distance, double extrapolated, int n) {
  /** Sets of fewer videos than this are not extrapolated from. */
  public static final int LEAST = 16;

  /** Sizes of parts, from half a set to the whole. */
  private static final int SIZES = 8;

  /** Draws of each size. */
  private static final int DRAWS = 4;

  /**
   * Between two sets of at least two videos each.
   *
   * @param seed of the random parts
   */
  public static FrechetDistance between(FeatureSet a, FeatureSet b, long seed) {
    int n = Math.min(a.size(), b.size());
    if (n < 2) {
      throw new UserError(
          Fault.INVALID, "a Frechet distance needs at least 2 videos on each side, not " + n);
    }
    double whole = distance(a, b);
    return new FrechetDistance(whole, n < LEAST ? Double.NaN : extrapolate(a, b, n, seed), n);
  }

  private static double extrapolate(FeatureSet a, FeatureSet b, int n, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double sx = 0;
    double sy = 0;
    double sxx = 0;
    double sxy = 0;
    for (int s = 0; s < SIZES; s++) {
      int size = n / 2 + s * (n - n / 2) / (SIZES - 1);
      double x = 1.0 / size;
      double y = 0;
      for (int d = 0; d < DRAWS; d++) {
        y += distance(a.draw(size, random), b.draw(size, random)) / DRAWS;
      }
      sx += x;
      sy += y;
      sxx += x * x;
      sxy += x * y;
    }
    double slope = (SIZES * sxy - sx * sy) / (SIZES * sxx - sx * sx);
    return (sy - slope * sx) / SIZES;
  }

  /** The distance itself; covariances are of samples, divided by N - 1. */
  static double distance(FeatureSet a, FeatureSet b) {
    return Scopes.value(() -> {
      Tensor x = a.tensor();
      Tensor y = b.tensor();
      double means = Ops.mean(x, 0).sub(Ops.mean(y, 0)).square().sum().item_double();
      Tensor c1 = covariance(x);
      Tensor c2 = covariance(y);
      Tensor root = Linalg.sqrt(c1);
      Tensor product = root.matmul(c2).matmul(root);
      double traces = c1.trace().item_double() + c2.trace().item_double();
      // Rounding may leave a hair below 0 for equal sets.
      return Math.max(0, means + traces - 2 * Linalg.traceOfSqrt(product));
    });
  }

  private static Tensor covariance(Tensor x_ND) {
    Tensor centred = x_ND.sub(Ops.mean(x_ND, 0));
    return centred.t().matmul(centred).div(new Scalar((double) (x_ND.size(0) - 1)));
  }
}
