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
import io.zoetrope.torch.Fault;
import io.zoetrope.torch.UserError;
import java.util.List;

/** Samplers by the names that people type. */
public final class Samplers {
  /** All names. */
  public static final List<String> NAMES =
      List.of(
          "ancestral",
          "ancestral-pc",
          "ddim",
          "dpm++2m",
          "dpm++2m-karras",
          "dpm++2m-sde",
          "dpm++2m-sde-karras",
          "euler",
          "euler-a",
          "euler-karras",
          "flow-euler",
          "heun",
          "lcm",
          "pndm");

  private Samplers() {}

  /**
   * A sampler. What its name says of the spacing of levels is not its own business: see {@link
   * Scheduling#sampling}.
   *
   * @throws UserError if there is no sampler of that name
   */
  public static Sampler of(String name) {
    return switch (name) {
      case "ancestral", "euler-a" -> new Ancestral(0);
      case "ancestral-pc" -> new PredictorCorrector(0);
      case "ddim" -> new Ddim(0);
      case "dpm++2m", "dpm++2m-karras" -> new DpmSolverPlusPlus2M();
      case "dpm++2m-sde", "dpm++2m-sde-karras" ->
          new DpmSolverPlusPlus2M(
              DpmSolverPlusPlus2M.Equation.SDE,
              DpmSolverPlusPlus2M.Rule.MIDPOINT,
              DpmSolverPlusPlus2M.Last.FIRST_ORDER,
              Threshold.NONE);
      case "euler", "euler-karras" -> new Euler();
      case "flow-euler" -> new FlowEuler();
      case "heun" -> new Heun();
      case "lcm" -> new Lcm();
      case "pndm" -> new Pndm();
      default ->
          throw new UserError(
              Fault.INVALID,
              "unknown sampler '" + name + "'",
              "it is one of " + String.join(", ", NAMES));
    };
  }
}
