package io.zoetrope.pipeline.schedule;

import io.zoetrope.diffusion.Prediction;
import io.zoetrope.diffusion.Spacing;
import io.zoetrope.diffusion.Threshold;
import io.zoetrope.diffusion.discrete.AlphaBars;
import io.zoetrope.diffusion.discrete.DdimSteps;
import io.zoetrope.diffusion.discrete.DdpmSteps;
import io.zoetrope.diffusion.discrete.Discretisation;
import io.zoetrope.diffusion.discrete.DpmFlowSteps;
import io.zoetrope.diffusion.discrete.DpmSteps;
import io.zoetrope.diffusion.discrete.EulerSteps;
import io.zoetrope.diffusion.discrete.FinalSigma;
import io.zoetrope.diffusion.discrete.FlowSteps;
import io.zoetrope.diffusion.discrete.LcmSteps;
import io.zoetrope.diffusion.discrete.SigmaSpacing;
import io.zoetrope.diffusion.discrete.TimestepSpacing;
import io.zoetrope.diffusion.discrete.UniPcFlowSteps;
import io.zoetrope.diffusion.sampler.Ancestral;
import io.zoetrope.diffusion.sampler.Ddim;
import io.zoetrope.diffusion.sampler.DpmSolverPlusPlus2M;
import io.zoetrope.diffusion.sampler.Lcm;
import io.zoetrope.diffusion.sampler.Pndm;
import io.zoetrope.diffusion.sampler.Sampler;
import io.zoetrope.diffusion.sampler.Unclip;
import io.zoetrope.diffusion.sampler.UniPc;
import io.zoetrope.error.Fault;
import io.zoetrope.error.Mend;
import io.zoetrope.error.UserError;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What a file says to one sampler: how it walks down and how it makes a step.
 *
 * @param fields that the sampler's class has
 * @param kind the class that the file names
 * @param bars of the training
 * @param prediction of the network
 * @param flows whether the model is one of flows, whatever the sampler
 * @param edm whether its noise is EDM's, whatever the sampler
 */
record DiffusersWalk(
    ConfigFields fields,
    SchedulerClass kind,
    AlphaBars bars,
    Prediction prediction,
    boolean flows,
    boolean edm) {
  private static final Mend OTHER_SAMPLER = Mend.of("take ").and(Mend.Knob.SAMPLER, "ddim");

  DiffusersWalk {
    refuse(fields, "use_beta_sigmas", "sigmas by a beta distribution");
    refuse(fields, "use_dynamic_shifting", "shifting by the size of the picture");
    refuse(fields, "invert_sigmas", "inverted sigmas");
    refuse(fields, "stochastic_sampling", "stochastic sampling of flows");
  }

  private static void refuse(ConfigFields fields, String field, String what) {
    if (fields.flag(field, false)) {
      throw new UserError(Fault.UNSUPPORTED, "%s (%s) are not supported".formatted(what, field));
    }
  }

  Sampler method(Algorithm algorithm, int steps) {
    return switch (algorithm) {
      case DDIM -> new Ddim(0, flows ? Threshold.NONE : threshold(kind == SchedulerClass.DDIM));
      case LCM -> new Lcm(fields.number("timestep_scaling", 10), threshold(false));
      case DPM -> dpm(DpmSolverPlusPlus2M.Equation.ODE, steps);
      case DPM_SDE -> dpm(DpmSolverPlusPlus2M.Equation.SDE, steps);
      case PNDM -> new Pndm(prediction.equals(Prediction.V) ? Pndm.Terms.V : Pndm.Terms.EPS);
      case UNCLIP -> ancestral();
      case UNIPC -> unipc();
      case ANCESTRAL, ANCESTRAL_PC, EULER, FLOW_EULER, HEUN -> algorithm.plain();
    };
  }

  /** Of unCLIP's scheduler and DDPM's own: with the lower variance. */
  private Sampler ancestral() {
    String variance = fields.text("variance_type", "fixed_small");
    if (!variance.startsWith("fixed_small")) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "variance_type '%s' is not supported".formatted(variance),
          "it is fixed_small or fixed_small_log");
    }
    return new Unclip(threshold(kind == SchedulerClass.UNCLIP || kind == SchedulerClass.DDPM));
  }

  Discretisation discretisation(Samplers.Named sampler) {
    boolean karras = sampler.spacing() == Spacing.KARRAS;
    if (flows) {
      return flow(sampler.walk(), karras);
    }
    if (edm) {
      return edm(sampler);
    }
    return switch (sampler.walk()) {
      case DDIM ->
          new DdimSteps(bars, spacing("leading"), offset(), fields.flag("set_alpha_to_one", true));
      case DDPM -> new DdpmSteps(bars, spacing("leading"), offset(), DdpmSteps.Kind.DDPM);
      case EULER -> euler(karras);
      case EULER_A -> ancestralEuler();
      case DPM -> dpmSteps(karras);
      case LCM -> new LcmSteps(bars, fields.whole("original_inference_steps", 50));
      case PNDM -> pndm();
      case UNCLIP -> DdpmSteps.unclip(bars);
      case UNIPC -> dpmSteps(karras);
    };
  }

  private Discretisation flow(Walk walk, boolean karras) {
    double shift = fields.number(kind == SchedulerClass.FLOW ? "shift" : "flow_shift", 1);
    OptionalDouble end =
        fields
            .optional("shift_terminal")
            .filter(x -> x != 0)
            .map(OptionalDouble::of)
            .orElse(OptionalDouble.empty());
    // Whatever makes the steps: few-step models are trained for these levels.
    if (kind == SchedulerClass.UNIPC && !karras && !fields.flag("use_karras_sigmas", false)) {
      FinalSigma last = FinalSigma.of(fields.text("final_sigmas_type", "zero"));
      return new UniPcFlowSteps(shift, end, last);
    }
    return walk == Walk.DPM && !karras && kind == SchedulerClass.DPM
        ? new DpmFlowSteps(shift)
        : new FlowSteps(shift, end, sigmas(karras || fields.flag("use_karras_sigmas", false)));
  }

  /** Whatever makes the steps: networks told ln(sigma) know no timesteps. */
  private Discretisation edm(Samplers.Named sampler) {
    return switch (sampler.walk()) {
      case DDIM, DDPM, DPM, EULER, EULER_A, UNIPC -> euler(fields.flag("use_karras_sigmas", false));
      case LCM, PNDM, UNCLIP ->
          throw new UserError(
              Fault.UNSUPPORTED,
              "this model is told the noise itself and no timesteps, which that sampler needs",
              Mend.of("take ").and(Mend.Knob.SAMPLER, "euler").and(", dpm++2m or heun"));
    };
  }

  private TimestepSpacing spacing(String otherwise) {
    return TimestepSpacing.of(fields.text("timestep_spacing", otherwise));
  }

  private int offset() {
    return fields.whole("steps_offset", 0);
  }

  /** The spacing of sigmas; a name without "karras" keeps what else the file says. */
  private SigmaSpacing sigmas(boolean karras) {
    if (karras) {
      return SigmaSpacing.KARRAS;
    }
    return fields.flag("use_exponential_sigmas", false)
        ? SigmaSpacing.EXPONENTIAL
        : SigmaSpacing.TIMESTEPS;
  }

  private Discretisation ancestralEuler() {
    return new EulerSteps(
        bars.aboveZero(),
        spacing("linspace"),
        offset(),
        SigmaSpacing.TIMESTEPS,
        EulerSteps.Range.OWN,
        FinalSigma.ZERO,
        EulerSteps.Told.TIMESTEP);
  }

  private Discretisation euler(boolean karras) {
    AlphaBars above = bars.aboveZero();
    SigmaSpacing sigmas = sigmas(karras);
    EulerSteps.Range range =
        new EulerSteps.Range(fields.optional("sigma_min"), fields.optional("sigma_max"));
    if (fields.text("interpolation_type", "linear").equals("log_linear")) {
      if (sigmas == SigmaSpacing.TIMESTEPS) {
        throw new UserError(
            Fault.UNSUPPORTED,
            "interpolation_type log_linear goes with Karras or exponential sigmas only");
      }
      float[] ratios = above.ratios();
      range =
          new EulerSteps.Range(
              Optional.of(range.least().orElse((double) ratios[0])),
              Optional.of(range.most().orElse((double) ratios[ratios.length - 1])));
    }
    boolean continuous =
        fields.text("timestep_type", "discrete").equals("continuous")
            && prediction.equals(Prediction.V);
    return new EulerSteps(
        above,
        spacing("linspace"),
        offset(),
        sigmas,
        range,
        FinalSigma.of(fields.text("final_sigmas_type", "zero")),
        continuous ? EulerSteps.Told.LOG_SIGMA : EulerSteps.Told.TIMESTEP);
  }

  private Discretisation dpmSteps(boolean karras) {
    SigmaSpacing sigmas = sigmas(karras);
    boolean lu = sigmas == SigmaSpacing.TIMESTEPS && fields.flag("use_lu_lambdas", false);
    boolean rounds =
        (karras || lu) && !fields.text("beta_schedule", "").equals("squaredcos_cap_v2");
    return new DpmSteps(
        bars.aboveZero(),
        spacing("linspace"),
        offset(),
        lu ? SigmaSpacing.LU : sigmas,
        FinalSigma.of(fields.text("final_sigmas_type", "zero")),
        fields.number("lambda_min_clipped", Double.NEGATIVE_INFINITY),
        rounds ? DpmSteps.Whole.ROUNDED : DpmSteps.Whole.CUT);
  }

  private Sampler dpm(DpmSolverPlusPlus2M.Equation equation, int steps) {
    String algorithm = fields.text("algorithm_type", "dpmsolver++");
    if (!List.of("dpmsolver++", "sde-dpmsolver++", "deis").contains(algorithm)) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "algorithm_type '%s' is not supported".formatted(algorithm),
          "it is dpmsolver++ or sde-dpmsolver++");
    }
    int order = fields.whole("solver_order", 2);
    if (order != 1 && order != 2) {
      throw new UserError(Fault.UNSUPPORTED, "solver_order is 1 or 2 here, not " + order);
    }
    boolean firstAtLast =
        fields.flag("euler_at_final", false)
            || (fields.flag("lower_order_final", true) && steps < 15)
            || fields.text("final_sigmas_type", "zero").equals("zero");
    boolean heun = fields.text("solver_type", "midpoint").equals("heun");
    return new DpmSolverPlusPlus2M(
        equation,
        order == 1
            ? DpmSolverPlusPlus2M.Rule.NONE
            : heun ? DpmSolverPlusPlus2M.Rule.HEUN : DpmSolverPlusPlus2M.Rule.MIDPOINT,
        firstAtLast ? DpmSolverPlusPlus2M.Last.FIRST_ORDER : DpmSolverPlusPlus2M.Last.AS_OTHERS,
        Ancestral.End.NOISE,
        threshold(false));
  }

  private Sampler unipc() {
    int order = fields.whole("solver_order", 2);
    if (order != 1 && order != 2) {
      throw new UserError(Fault.UNSUPPORTED, "solver_order is 1 or 2 here, not " + order);
    }
    if (!fields.flag("predict_x0", true)) {
      throw new UserError(Fault.UNSUPPORTED, "UniPC that predicts noise (predict_x0) is not known");
    }
    if (fields.numbers("disable_corrector").filter(steps -> steps.length > 0).isPresent()) {
      throw new UserError(
          Fault.UNSUPPORTED, "UniPC without its corrector (disable_corrector) is not known");
    }
    boolean firstAtLast =
        fields.flag("lower_order_final", true)
            || fields.text("final_sigmas_type", "zero").equals("zero");
    return new UniPc(
        order,
        fields.text("solver_type", "bh2").equals("bh1") ? UniPc.Scale.BH1 : UniPc.Scale.BH2,
        firstAtLast ? DpmSolverPlusPlus2M.Last.FIRST_ORDER : DpmSolverPlusPlus2M.Last.AS_OTHERS,
        threshold(false));
  }

  private Discretisation pndm() {
    TimestepSpacing spacing = spacing("leading");
    if (spacing != TimestepSpacing.LEADING) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "pndm is made for timestep_spacing leading, and this model's is "
              + fields.text("timestep_spacing", ""),
          OTHER_SAMPLER);
    }
    if (kind == SchedulerClass.PNDM && !fields.flag("skip_prk_steps", false)) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "this model's PNDM starts with Runge-Kutta steps (skip_prk_steps false), which are not"
              + " supported",
          OTHER_SAMPLER);
    }
    return new DdimSteps(bars, spacing, offset(), fields.flag("set_alpha_to_one", false));
  }

  /**
   * What the config says of x0.
   *
   * @param clips if it says nothing: true for DDIM's own configs, as in the reference; another
   *     class's config with DDIM would clip latents there, which nobody wants
   */
  private Threshold threshold(boolean clips) {
    if (fields.flag("thresholding", false)) {
      return new Threshold.Dynamic(
          fields.number("dynamic_thresholding_ratio", 0.995), fields.number("sample_max_value", 1));
    }
    boolean clip = fields.flag("clip_sample", clips);
    return clip ? new Threshold.Clip(fields.number("clip_sample_range", 1)) : Threshold.NONE;
  }
}
