package io.zoetrope.diffusion.guidance;

import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Segments;
import org.bytedeco.pytorch.Tensor;

/**
 * A clip of which a part is kept, made anew from its own noisy self: what is kept overwrites the
 * estimate at each step, so that it falls to itself under any sampler, and the network sees it at
 * the level of the rest (as Lugmayr et al. 2022, "RePaint", section 4.1, for a clip that begins as
 * its noised self). Unlike {@link Replacement} it draws no noise.
 *
 * @param base the denoiser
 * @param kept what is kept
 */
record Inpainting(X0Denoiser base, Known kept) implements X0Denoiser {
  Inpainting {
    if (Scopes.value(() -> kept.measurement().known(kept.value()).isEmpty())) {
      throw new IllegalArgumentException("inpainting keeps frames or a region");
    }
  }

  @Override
  public NoiseSchedule schedule() {
    return base.schedule();
  }

  @Override
  public X0Denoiser segmented(Segments segments) {
    return new Inpainting(base.segmented(segments), kept);
  }

  @Override
  public Tensor x0(Tensor z_BCFHW, Tensor u_BF, Conditioning conditioning) {
    return kept.intoClean(base.x0(z_BCFHW, u_BF, conditioning));
  }
}
