package io.zoetrope.diffusion.guidance;

import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.diffusion.sampler.Noise;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Segments;
import org.bytedeco.pytorch.Tensor;

/**
 * The replacement method (Song et al. 2021, "Score-Based Generative Modeling through Stochastic
 * Differential Equations", appendix I.2; Ho et al. 2022, "Video Diffusion Models", section 3.1):
 * what is known of the video overwrites it at each step, noised to the level of its frame. Costs
 * nothing, and is the baseline: the rest is denoised beside what is known, not for it, and does not
 * cohere with it as it should.
 *
 * <p>The known part of z that a sampler holds is overwritten before the network sees it and goes
 * its own way otherwise; it ends at what is known, up to the noise that the schedule leaves at
 * level 0.
 *
 * @param base the denoiser to guide
 * @param known frames or a region
 * @param noise of the run: what is known is noised by draws of its own, named by level and frame
 */
public record Replacement(X0Denoiser base, Known known, Noise noise) implements X0Denoiser {
  public Replacement {
    if (Scopes.value(() -> known.measurement().known(known.value()).isEmpty())) {
      throw new IllegalArgumentException(
          "replacement needs elements that are known outright: frames or a region");
    }
  }

  @Override
  public NoiseSchedule schedule() {
    return base.schedule();
  }

  @Override
  public X0Denoiser segmented(Segments segments) {
    return new Replacement(base.segmented(segments), known, noise);
  }

  @Override
  public Tensor x0(Tensor z_BCFHW, Tensor u_BF, Conditioning conditioning) {
    Tensor z = known.intoNoisy(z_BCFHW, schedule().levels(u_BF, z_BCFHW), noise);
    return known.intoClean(base.x0(z, u_BF, conditioning));
  }
}
