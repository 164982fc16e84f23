package io.zoetrope.pipeline.schedule;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The scheduler classes of diffusers whose configs are read, and the fields that each has: what it
 * does not have is left in many files by a conversion from another class, and says nothing.
 */
enum SchedulerClass {
  DDIM("DDIMScheduler", List.of(Fields.BETAS, Fields.X0, Fields.STEPS, "rescale_betas_zero_snr")),
  DDPM(
      "DDPMScheduler",
      List.of(
          Fields.BETAS,
          Fields.X0,
          "variance_type timestep_spacing steps_offset rescale_betas_zero_snr")),
  DPM(
      "DPMSolverMultistepScheduler",
      List.of(
          Fields.BETAS,
          Fields.SIGMAS,
          "thresholding dynamic_thresholding_ratio sample_max_value",
          "timestep_spacing steps_offset rescale_betas_zero_snr",
          "solver_order algorithm_type solver_type lower_order_final euler_at_final",
          "use_lu_lambdas use_flow_sigmas flow_shift final_sigmas_type lambda_min_clipped",
          "variance_type use_dynamic_shifting time_shift_type")),
  EULER_A(
      "EulerAncestralDiscreteScheduler",
      List.of(Fields.BETAS, "timestep_spacing steps_offset rescale_betas_zero_snr")),
  EULER(
      "EulerDiscreteScheduler",
      List.of(
          Fields.BETAS,
          Fields.SIGMAS,
          "timestep_spacing steps_offset rescale_betas_zero_snr",
          "interpolation_type sigma_min sigma_max timestep_type final_sigmas_type")),
  FLOW(
      "FlowMatchEulerDiscreteScheduler",
      List.of(
          Fields.SIGMAS,
          "num_train_timesteps shift use_dynamic_shifting base_shift max_shift invert_sigmas",
          "base_image_seq_len max_image_seq_len shift_terminal time_shift_type",
          "stochastic_sampling")),
  LCM(
      "LCMScheduler",
      List.of(
          Fields.BETAS,
          Fields.X0,
          Fields.STEPS,
          "rescale_betas_zero_snr original_inference_steps timestep_scaling")),
  PNDM("PNDMScheduler", List.of(Fields.BETAS, Fields.STEPS, "skip_prk_steps")),
  UNCLIP(
      "UnCLIPScheduler",
      List.of(
          "num_train_timesteps variance_type clip_sample clip_sample_range prediction_type",
          "beta_schedule")),
  UNIPC(
      "UniPCMultistepScheduler",
      List.of(
          Fields.BETAS,
          Fields.SIGMAS,
          "thresholding dynamic_thresholding_ratio sample_max_value",
          "timestep_spacing steps_offset rescale_betas_zero_snr",
          "solver_order solver_type predict_x0 lower_order_final disable_corrector solver_p",
          "use_flow_sigmas flow_shift final_sigmas_type shift_terminal",
          "use_dynamic_shifting time_shift_type sigma_min sigma_max"));

  /** Fields that several have. */
  private static final class Fields {
    static final String BETAS =
        "num_train_timesteps beta_start beta_end beta_schedule trained_betas prediction_type";
    static final String X0 =
        "clip_sample clip_sample_range thresholding dynamic_thresholding_ratio sample_max_value";
    static final String STEPS = "set_alpha_to_one steps_offset timestep_spacing";
    static final String SIGMAS = "use_karras_sigmas use_exponential_sigmas use_beta_sigmas";
  }

  private final String title;
  private final Set<String> fields;

  SchedulerClass(String title, List<String> fields) {
    this.title = title;
    this.fields = Set.of(String.join(" ", fields).split(" "));
  }

  /** Whether its config has a field of this name. */
  boolean has(String field) {
    return fields.contains(field);
  }

  /** Its name in {@code _class_name}. */
  String title() {
    return title;
  }

  /**
   * The class of a name.
   *
   * @throws UserError if it is not among them
   */
  static SchedulerClass of(String title) {
    return Arrays.stream(values())
        .filter(kind -> kind.title.equals(title))
        .findFirst()
        .orElseThrow(() ->
            new UserError(
                Fault.UNSUPPORTED,
                "unknown scheduler '%s'".formatted(title),
                "this version reads "
                    + Arrays.stream(values())
                        .map(SchedulerClass::title)
                        .collect(Collectors.joining(", "))));
  }
}
