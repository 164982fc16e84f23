package io.zoetrope.train.method;

import io.zoetrope.diffusion.DiscreteBetaSchedule;
import io.zoetrope.diffusion.KarrasSchedule;
import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.Prediction;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.pipeline.schedule.DiffusersScheduler;
import io.zoetrope.pipeline.schedule.SchedulerConfig;
import io.zoetrope.pipeline.schedule.Scheduling;
import io.zoetrope.record.Default;
import io.zoetrope.record.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A noise schedule by name.
 *
 * @param name flow, cosine, linear, scaled_linear or karras
 * @param shift of the flow schedule; 1 elsewhere
 * @param betas first and last of a linear or scaled_linear one of 1000 steps; AnimateDiff's motion
 *     modules are trained on linear ones from 0.00085 to 0.012
 * @param sigmas least and most of a karras one; Stable Video Diffusion is trained on 0.002 to 700
 */
record ScheduleBlock(
    String name,
    @Default("1.0") double shift,
    @Default("[]") List<Double> betas,
    @Default("[]") List<Double> sigmas) {
  private static final Map<Prediction, String> DIFFUSERS =
      Map.of(Prediction.EPS, "epsilon", Prediction.V, "v_prediction", Prediction.X0, "sample");

  public ScheduleBlock {
    betas = List.copyOf(betas);
    sigmas = List.copyOf(sigmas);
    NoiseSchedule unused = new SchedulerConfig(name, shift, "eps").toSchedule();
    boolean rises =
        betas.size() == 2 && betas.get(0) > 0 && betas.get(0) < betas.get(1) && betas.get(1) < 1;
    if (!betas.isEmpty() && !(rises && name.endsWith("linear"))) {
      throw new UserError(
          Fault.INVALID,
          "betas are two numbers that rise within 0 and 1, of linear and scaled_linear; %s has %s"
              .formatted(name, betas));
    }
    boolean grows = sigmas.size() == 2 && sigmas.get(0) > 0 && sigmas.get(0) < sigmas.get(1);
    if (!sigmas.isEmpty() && !(grows && name.equals("karras"))) {
      throw new UserError(
          Fault.INVALID,
          "sigmas are two numbers that rise from above 0, of karras; %s has %s"
              .formatted(name, sigmas));
    }
  }

  /** Without sigmas of its own. */
  ScheduleBlock(String name, double shift, List<Double> betas) {
    this(name, shift, betas, List.of());
  }

  NoiseSchedule schedule() {
    if (!sigmas.isEmpty()) {
      return new KarrasSchedule(sigmas.get(0), sigmas.get(1), 7);
    }
    if (betas.isEmpty()) {
      return new SchedulerConfig(name, shift, "eps").toSchedule();
    }
    return name.equals("linear")
        ? DiscreteBetaSchedule.linear(1000, betas.get(0), betas.get(1))
        : DiscreteBetaSchedule.scaledLinear(1000, betas.get(0), betas.get(1));
  }

  /**
   * As a model's file has it: of betas in the words of diffusers, so that samplers and motion
   * modules that know such files go with the model.
   */
  Scheduling scheduling(Prediction prediction) {
    if (!sigmas.isEmpty()) {
      return continuous(prediction);
    }
    if (!name.endsWith("linear")) {
      return new SchedulerConfig(name, shift, prediction.name());
    }
    boolean scaled = name.equals("scaled_linear");
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("_class_name", "DDIMScheduler");
    config.put("num_train_timesteps", 1000);
    config.put("beta_start", betas.isEmpty() ? (scaled ? 0.00085 : 1e-4) : betas.get(0));
    config.put("beta_end", betas.isEmpty() ? (scaled ? 0.012 : 0.02) : betas.get(1));
    config.put("beta_schedule", name);
    config.put("prediction_type", DIFFUSERS.getOrDefault(prediction, prediction.name()));
    config.put("clip_sample", false);
    config.put("set_alpha_to_one", false);
    config.put("steps_offset", 1);
    config.put("timestep_spacing", "leading");
    return new DiffusersScheduler(Json.MAPPER.valueToTree(config));
  }

  /** As Stable Video Diffusion's file has it. */
  private Scheduling continuous(Prediction prediction) {
    if (!prediction.equals(Prediction.V)) {
      throw new UserError(
          Fault.INVALID,
          "a network of karras with sigmas predicts v, not " + prediction.name(),
          "say prediction: v");
    }
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("_class_name", "EulerDiscreteScheduler");
    config.put("num_train_timesteps", 1000);
    config.put("beta_start", 0.00085);
    config.put("beta_end", 0.012);
    config.put("beta_schedule", "scaled_linear");
    config.put("prediction_type", "v_prediction");
    config.put("interpolation_type", "linear");
    config.put("use_karras_sigmas", true);
    config.put("sigma_min", sigmas.get(0));
    config.put("sigma_max", sigmas.get(1));
    config.put("steps_offset", 1);
    config.put("timestep_spacing", "leading");
    config.put("timestep_type", "continuous");
    return new DiffusersScheduler(Json.MAPPER.valueToTree(config));
  }

  /** As a base's scheduling words it. */
  String describe() {
    if (!sigmas.isEmpty()) {
      return "edm %s-%s".formatted(sigmas.get(0), sigmas.get(1));
    }
    return betas.isEmpty()
        ? new SchedulerConfig(name, shift, "eps").describe()
        : name + " " + betas.get(0) + "-" + betas.get(1);
  }
}
