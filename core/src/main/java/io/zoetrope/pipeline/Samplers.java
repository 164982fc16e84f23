package io.zoetrope.pipeline;

import io.zoetrope.diffusion.sampler.Ancestral;
import io.zoetrope.diffusion.sampler.Ddim;
import io.zoetrope.diffusion.sampler.DpmSolverPlusPlus2M;
import io.zoetrope.diffusion.sampler.Euler;
import io.zoetrope.diffusion.sampler.FlowEuler;
import io.zoetrope.diffusion.sampler.Heun;
import io.zoetrope.diffusion.sampler.PredictorCorrector;
import io.zoetrope.diffusion.sampler.Sampler;
import io.zoetrope.torch.UserError;
import java.util.List;

/** Samplers by the names that people type. */
public final class Samplers {
  /** All names. */
  public static final List<String> NAMES =
      List.of("ancestral", "ancestral-pc", "ddim", "dpm++2m", "euler", "flow-euler", "heun");

  private Samplers() {}

  /**
   * @throws UserError if there is no sampler of that name
   */
  public static Sampler of(String name) {
    return switch (name) {
      case "ancestral" -> new Ancestral(0);
      case "ancestral-pc" -> new PredictorCorrector(0);
      case "ddim" -> new Ddim(0);
      case "dpm++2m" -> new DpmSolverPlusPlus2M();
      case "euler" -> new Euler();
      case "flow-euler" -> new FlowEuler();
      case "heun" -> new Heun();
      default ->
          throw new UserError(
              "unknown sampler '" + name + "': it is one of " + String.join(", ", NAMES));
    };
  }
}
