package io.zoetrope.diffusion.guidance;

import io.zoetrope.diffusion.Levels;
import io.zoetrope.torch.Ops;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * CFG-Zero* (Fan et al. 2025, "CFG-Zero*: Improved Classifier-Free Guidance for Flow Matching
 * Models", equations 10 to 14): the velocity that guidance leads away from is scaled, clip by clip,
 * to fit the other best, {@code s = v_cond . v_neg / (v_neg . v_neg)}; and while almost all is
 * noise the velocity is zero. For flows, whose velocity is {@code (z - x0) / sigma}: each frame's
 * by its own sigma, and frames that are held count for nothing.
 *
 * @param still the level from which up frames stand still, in [0, 1]; above 1 none does
 */
public record ZeroStar(double still) {
  private static final double LEAST = 1e-8;

  /** That stands still for so many steps down some levels. */
  public static ZeroStar of(int steps, double[] levels) {
    return new ZeroStar(steps == 0 ? 2 : levels[Math.min(steps, levels.length) - 1] - 1e-9);
  }

  /** The estimate of the negative branch, scaled: [B, C, F, H, W]. */
  Tensor scaled(Tensor z, Tensor positive, Tensor negative, Levels levels) {
    Tensor weight_B1F11 =
        levels.coefficient(at -> at.sigma() == 0 ? 0 : 1 / (at.sigma() * at.sigma()), positive);
    Tensor towards = z.sub(positive);
    Tensor away = z.sub(negative);
    Tensor fit = clipwise(towards.mul(away).mul(weight_B1F11));
    Tensor own = clipwise(away.square().mul(weight_B1F11));
    return z.sub(away.mul(fit.div(Ops.add(own, LEAST))));
  }

  private static Tensor clipwise(Tensor x) {
    double numbers = (double) x.numel() / x.size(0);
    return Ops.mul(Ops.mean(x, 1, 2, 3, 4), numbers).reshape(-1, 1, 1, 1, 1);
  }

  /** What is guided, or the noisy video itself where frames stand still. */
  Tensor started(Tensor z, Tensor guided, Levels levels) {
    Tensor still_B1F11 = levels.coefficient(at -> at.u() >= still ? 1 : 0, guided);
    return torch.where(still_B1F11.gt(torch.zeros_like(still_B1F11)), z, guided);
  }
}
