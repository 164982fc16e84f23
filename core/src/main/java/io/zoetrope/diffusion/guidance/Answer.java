package io.zoetrope.diffusion.guidance;

import io.zoetrope.diffusion.Levels;
import io.zoetrope.diffusion.Prediction;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import org.bytedeco.pytorch.Tensor;

/**
 * What a denoiser was last asked and what it answered; kept until it is freed.
 *
 * @param z_BCFHW the noisy video, before it is scaled
 * @param raw_BCFHW the answer, as a network says it
 */
record Answer(Tensor z_BCFHW, Tensor raw_BCFHW, Levels levels) {
  static Answer keep(Tensor z, Tensor x0, Levels levels, Prediction prediction) {
    Tensor kept = Scopes.keep(z.detach());
    Tensor raw =
        Scopes.keep(
            Scopes.tensor(() -> Prediction.X0.convert(x0, z, levels, prediction).contiguous()));
    return new Answer(kept, raw, levels);
  }

  /** The same once more, of another video: what it added to its scaled input is added to that. */
  Tensor again(Tensor z, Levels now, Prediction prediction) {
    return Scopes.tensor(() ->
        raw_BCFHW.add(
            z.mul(now.coefficient(prediction::inputScale, z))
                .sub(z_BCFHW.mul(levels.coefficient(prediction::inputScale, z)))));
  }

  void free() {
    Scopes.free(z_BCFHW);
    Scopes.free(raw_BCFHW);
  }

  /** The mean size of each frame's numbers, [B * F]. */
  static double[] sizes(Tensor x_BCFHW) {
    return Tensors.toDoubles(Ops.mean(x_BCFHW.abs(), 1, 3, 4));
  }
}
