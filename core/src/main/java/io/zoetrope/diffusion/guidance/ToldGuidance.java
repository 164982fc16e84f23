package io.zoetrope.diffusion.guidance;

import io.zoetrope.diffusion.Levels;
import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.torch.Segments;
import io.zoetrope.torch.Tensors;
import org.bytedeco.pytorch.Tensor;

/**
 * Guidance that a network does itself (Meng et al. 2023, "On Distillation of Guided Diffusion
 * Models", section 3.1): each frame's scale is told to it ({@link Conditioning#GUIDANCE}), and one
 * pass is the whole answer. Such a network leads away from nothing but an empty prompt.
 *
 * @param base the denoiser that is told
 * @param scale in the convention of {@link GuidanceScale}: 1 is off
 */
public record ToldGuidance(X0Denoiser base, GuidanceScale scale) implements X0Denoiser {
  @Override
  public NoiseSchedule schedule() {
    return base.schedule();
  }

  @Override
  public X0Denoiser segmented(Segments segments) {
    return new ToldGuidance(base.segmented(segments), scale);
  }

  @Override
  public Tensor x0(Tensor z_BCFHW, Tensor u_BF, Conditioning conditioning) {
    Levels levels = schedule().levels(u_BF, z_BCFHW);
    double[] w = new double[Math.toIntExact(levels.batch() * levels.frames())];
    for (int i = 0; i < w.length; i++) {
      long frame = i % levels.frames();
      w[i] = scale.at(levels.at(i / levels.frames(), frame), frame, levels.frames()) - 1;
    }
    Tensor w_BF = Tensors.of(w, levels.batch(), levels.frames());
    return base.x0(z_BCFHW, u_BF, conditioning.with(Conditioning.GUIDANCE, w_BF));
  }
}
