package io.zoetrope.pipeline.schedule;

import io.zoetrope.diffusion.Threshold;
import io.zoetrope.diffusion.sampler.Ancestral;
import io.zoetrope.diffusion.sampler.Ddim;
import io.zoetrope.diffusion.sampler.DpmSolverPlusPlus2M;
import io.zoetrope.diffusion.sampler.Euler;
import io.zoetrope.diffusion.sampler.FlowEuler;
import io.zoetrope.diffusion.sampler.Heun;
import io.zoetrope.diffusion.sampler.Lcm;
import io.zoetrope.diffusion.sampler.Pndm;
import io.zoetrope.diffusion.sampler.PredictorCorrector;
import io.zoetrope.diffusion.sampler.Sampler;
import io.zoetrope.diffusion.sampler.Unclip;
import io.zoetrope.diffusion.sampler.UniPc;
import java.util.function.Supplier;

/** How a step is made; a scheduler's config may have more to say of it. */
public enum Algorithm {
  ANCESTRAL(() -> new Ancestral(0)),
  ANCESTRAL_PC(() -> new PredictorCorrector(0)),
  DDIM(() -> new Ddim(0)),
  DPM(DpmSolverPlusPlus2M::new),
  DPM_SDE(() ->
      new DpmSolverPlusPlus2M(
          DpmSolverPlusPlus2M.Equation.SDE,
          DpmSolverPlusPlus2M.Rule.MIDPOINT,
          DpmSolverPlusPlus2M.Last.FIRST_ORDER,
          Ancestral.End.MEAN,
          Threshold.NONE)),
  EULER(Euler::new),
  FLOW_EULER(FlowEuler::new),
  HEUN(Heun::new),
  LCM(Lcm::new),
  PNDM(Pndm::new),
  UNCLIP(Unclip::new),
  UNIPC(UniPc::new);

  private final Supplier<Sampler> plain;

  Algorithm(Supplier<Sampler> plain) {
    this.plain = plain;
  }

  /** As its paper has it. */
  public Sampler plain() {
    return plain.get();
  }
}
