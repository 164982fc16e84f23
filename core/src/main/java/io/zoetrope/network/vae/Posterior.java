package io.zoetrope.network.vae;

import io.zoetrope.torch.Ops;
import org.bytedeco.pytorch.Tensor;

/**
 * What an encoder says about raw latents (not normalised): a diagonal Gaussian for each frame
 * (Kingma &amp; Welling, 2014).
 *
 * @param mean [N, C, h, w] of frames or [B, C, L, h, w] of clips, f32
 * @param logVar the same shape, bounded
 */
public record Posterior(Tensor mean, Tensor logVar) {
  /**
   * From the 2 C channels [N, 2 C, h, w] that an encoder puts out: mean, then log variance.
   *
   * @param low bounds of the log variance
   */
  static Posterior of(Tensor moments, double low, double high) {
    long channels = moments.size(1) / 2;
    return new Posterior(
        moments.narrow(1, 0, channels),
        Ops.clamp(moments.narrow(1, channels, channels), low, high));
  }

  /** Mean plus noise; eps is standard normal of the mean's shape. */
  public Tensor sample(Tensor eps) {
    return mean.add(Ops.mul(logVar, 0.5).exp().mul(eps));
  }

  /** KL divergence to the standard normal, averaged over all elements: a scalar. */
  public Tensor kl() {
    return Ops.mul(Ops.add(mean.square().add(logVar.exp()).sub(logVar), -1).mean(), 0.5);
  }
}
