package io.zoetrope.diffusion.guidance;

import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Segments;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Context guidance (Blattmann et al. 2023, "Align your Latents", section 3.2): {@code x0 = x0_none
 * + s (x0_shown - x0_none)}, where x0_shown is what the network makes when it is {@linkplain
 * Conditioning#BESIDE shown} which frames are known and these, and x0_none when it is shown that
 * none is: zeros. One pass more for each branch of the guidance around it, unless s is 1 or no
 * frame is known.
 *
 * @param base the network, or what it is in windows
 * @param scale s, 0 or more; 1 is off, 0 shows it nothing
 */
public record ContextGuidance(X0Denoiser base, double scale) implements X0Denoiser {
  public ContextGuidance {
    if (!(scale >= 0)) {
      throw new IllegalArgumentException("a scale of guidance is 0 or more, not " + scale);
    }
  }

  @Override
  public NoiseSchedule schedule() {
    return base.schedule();
  }

  @Override
  public X0Denoiser segmented(Segments segments) {
    return new ContextGuidance(base.segmented(segments), scale);
  }

  @Override
  public Tensor x0(Tensor z_BCFHW, Tensor u_BF, Conditioning conditioning) {
    Optional<Tensor> context = conditioning.get(Conditioning.BESIDE);
    if (scale == 1 || context.isEmpty() || context.get().count_nonzero().item_long() == 0) {
      return base.x0(z_BCFHW, u_BF, conditioning);
    }
    Conditioning blind = conditioning.with(Conditioning.BESIDE, torch.zeros_like(context.get()));
    Tensor none = base.x0(z_BCFHW, u_BF, blind);
    if (scale == 0) {
      return none;
    }
    ScalarType dtype = none.scalar_type().intern();
    ScalarType wide = dtype == ScalarType.Double ? ScalarType.Double : ScalarType.Float;
    Tensor from = none.to(wide);
    Tensor shown = base.x0(z_BCFHW, u_BF, conditioning).to(wide);
    return from.add(Ops.mul(shown.sub(from), scale)).to(dtype);
  }
}
