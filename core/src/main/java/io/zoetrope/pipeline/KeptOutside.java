package io.zoetrope.pipeline;

import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.diffusion.sampler.Noise;
import io.zoetrope.torch.Ops;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Outside of a mask a fall goes back the way that its source rose: the network sees the source at
 * its level there, and what comes out is the source.
 *
 * @param fall its plan
 * @param path latents at its rows, from its last to its first, as {@link Inversion#rise} gives them
 * @param mask_B1FHW 1 where the prompt counts, 0 where the source stays, or between; broadcast over
 *     clips and frames
 */
public record KeptOutside(TimestepPlan fall, List<Tensor> path, Tensor mask_B1FHW)
    implements Guide {
  public KeptOutside {
    path = List.copyOf(path);
  }

  @Override
  public X0Denoiser wrap(X0Denoiser denoiser, TimestepPlan plan, Tensor given_BCFHW, Noise noise) {
    FallRows rows = FallRows.of(fall);
    return new X0Denoiser() {
      @Override
      public NoiseSchedule schedule() {
        return denoiser.schedule();
      }

      @Override
      public Tensor x0(Tensor z_BCFHW, Tensor u_BF, Conditioning conditioning) {
        Tensor there = path.get(path.size() - 1 - rows.at(u_BF));
        return over(denoiser.x0(over(z_BCFHW, there), u_BF, conditioning), path.getFirst());
      }
    };
  }

  /** What was made within the mask, over the source. */
  public Tensor over(Tensor made_BCFHW) {
    return over(made_BCFHW, path.getFirst());
  }

  private Tensor over(Tensor made, Tensor source) {
    Tensor m = mask_B1FHW.to(made.device(), made.scalar_type());
    // To the bit where the mask is 0.
    return made.mul(m).add(source.mul(Ops.add(Ops.mul(m, -1), 1)));
  }
}
