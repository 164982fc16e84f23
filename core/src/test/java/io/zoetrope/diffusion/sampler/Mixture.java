package io.zoetrope.diffusion.sampler;

import io.zoetrope.diffusion.Levels;
import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.torch.Ops;
import org.bytedeco.pytorch.Tensor;

/**
 * The exact denoiser of data whose elements are independent draws from a one-dimensional Gaussian
 * mixture: {@code E[x0 | z]} in closed form.
 */
record Mixture(NoiseSchedule schedule, double[] weight, double[] mean, double[] deviation)
    implements X0Denoiser {

  /** Two unequal bumps, variance near 1. */
  static Mixture twoBumps(NoiseSchedule schedule) {
    return new Mixture(
        schedule, new double[] {0.35, 0.65}, new double[] {-1.2, 0.7}, new double[] {0.3, 0.45});
  }

  @Override
  public Tensor x0(Tensor z, Tensor u_BF, Conditioning conditioning) {
    Levels levels = schedule.levels(u_BF, z);
    Tensor alpha = levels.coefficient(l -> l.alpha(), z);
    // Densities relative to the first component's scale; log-sum-exp over components.
    Tensor[] log = new Tensor[weight.length];
    Tensor max = z;
    for (int k = 0; k < weight.length; k++) {
      double m = mean[k];
      double v = deviation[k] * deviation[k];
      double w = weight[k];
      Tensor away = z.sub(Ops.mul(alpha, m));
      Tensor precision =
          levels.coefficient(l -> -0.5 / (l.alpha() * l.alpha() * v + l.sigma() * l.sigma()), z);
      Tensor norm =
          levels.coefficient(
              l -> Math.log(w) - 0.5 * Math.log(l.alpha() * l.alpha() * v + l.sigma() * l.sigma()),
              z);
      log[k] = away.square().mul(precision).add(norm);
      max = k == 0 ? log[0] : max.maximum(log[k]);
    }
    Tensor sum = z;
    Tensor total = z;
    for (int k = 0; k < weight.length; k++) {
      double m = mean[k];
      double v = deviation[k] * deviation[k];
      Tensor share = log[k].sub(max).exp();
      Tensor gain =
          levels.coefficient(
              l -> l.alpha() * v / (l.alpha() * l.alpha() * v + l.sigma() * l.sigma()), z);
      Tensor posterior = Ops.add(z.sub(Ops.mul(alpha, m)).mul(gain), m);
      sum = k == 0 ? share.mul(posterior) : sum.add(share.mul(posterior));
      total = k == 0 ? share : total.add(share);
    }
    return sum.div(total);
  }
}
