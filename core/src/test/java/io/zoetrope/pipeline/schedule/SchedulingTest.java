package io.zoetrope.pipeline.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.zoetrope.diffusion.Denoiser;
import io.zoetrope.diffusion.Prediction;
import io.zoetrope.diffusion.SampledSchedule;
import io.zoetrope.diffusion.Threshold;
import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.sampler.Ddim;
import io.zoetrope.diffusion.sampler.Noise;
import io.zoetrope.diffusion.sampler.SamplerLoop;
import io.zoetrope.error.UserError;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What a scheduler_config.json becomes; that it computes the same is SchedulerParityTest's. */
class SchedulingTest {
  /** As it lies in Stable Diffusion 1.5. */
  private static final String SD15 =
      """
      {"_class_name": "PNDMScheduler", "_diffusers_version": "0.6.0", "beta_end": 0.012,
       "beta_schedule": "scaled_linear", "beta_start": 0.00085, "num_train_timesteps": 1000,
       "set_alpha_to_one": false, "skip_prk_steps": true, "steps_offset": 1,
       "trained_betas": null, "clip_sample": false}
      """;

  private static final String ZERO =
      """
      {"_class_name": "DDIMScheduler", "beta_schedule": "scaled_linear", "beta_start": 0.00085,
       "beta_end": 0.012, "clip_sample": false, "prediction_type": "v_prediction",
       "rescale_betas_zero_snr": true, "timestep_spacing": "trailing"}
      """;

  private static DiffusersScheduler config(String json) {
    try {
      return new DiffusersScheduler(new JsonMapper().readTree(json));
    } catch (JacksonException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static SampledSchedule table(DiffusersScheduler config, String sampler, int steps) {
    return (SampledSchedule) config.sampling(sampler, steps).schedule();
  }

  @Test
  void stableDiffusionsOwnConfigGivesEachSamplerItsTimesteps() {
    DiffusersScheduler sd = config(SD15);
    assertThat(sd.sampler()).isEqualTo("pndm");
    assertThat(sd.toPrediction()).isEqualTo(Prediction.EPS);
    assertThat(table(sd, "pndm", 4).timesteps()).containsExactly(751, 501, 251, 1);
    assertThat(table(sd, "ddim", 4).timesteps()).containsExactly(751, 501, 251, 1);
    assertThat(table(sd, "euler", 4).timesteps()).containsExactly(999, 666, 333, 0);
    assertThat(table(sd, "dpm++2m", 4).timesteps()).containsExactly(999, 749, 500, 250);
    assertThat(table(sd, "lcm", 4).timesteps()).containsExactly(999, 759, 499, 259);
    assertThat(sd.sampling("ddim", 4).sampler()).isEqualTo(new Ddim(0, Threshold.NONE));
  }

  @Test
  void everySamplerWalksEveryTraining() {
    for (String json :
        List.of(SD15, ZERO, "{\"_class_name\": \"FlowMatchEulerDiscreteScheduler\"}")) {
      DiffusersScheduler config = config(json);
      for (String sampler : Samplers.NAMES) {
        if (json.equals(ZERO) && sampler.equals("pndm")) {
          continue; // said below
        }
        for (int steps : new int[] {1, 2, 3, 8, 25}) {
          double[] levels = config.sampling(sampler, steps).levels();
          assertThat(levels).as(sampler).hasSize(steps + 1);
          assertThat(levels[0]).as(sampler).isEqualTo(1);
          assertThat(levels[steps]).as(sampler).isZero();
          for (int i = 1; i <= steps; i++) {
            assertThat(levels[i]).as("%s, %d", sampler, i).isLessThan(levels[i - 1]);
          }
        }
      }
    }
  }

  /** The reference: {@code t_start = n - min(int(n strength), n)}; what is left runs. */
  @ParameterizedTest
  @CsvSource({"20, 0.6, 12", "20, 0.59, 11", "7, 0.5, 3", "4, 1, 4", "4, 0.1, 1"})
  void strengthIsAnIndexOfTheTable(int steps, double strength, int made) {
    SampledSchedule schedule = table(config(SD15), "ddim", steps);
    TimestepPlan plan =
        TimestepPlan.uniform(schedule.levels(), 3).startAt(schedule.startLevel(strength));
    assertThat(plan.steps()).isEqualTo(made);
    assertThat(schedule.timestepInput(plan.level(0, 1)))
        .isEqualTo(schedule.timesteps()[steps - made]);
  }

  @Test
  void levelsBesideTheTableAreTheTrainings() {
    SampledSchedule schedule = table(config(SD15), "euler", 5);
    // Timestep 499 of 1000, whatever the steps.
    double u = 0.5;
    assertThat(schedule.timestepInput(u)).isCloseTo(499, within(1e-9));
    double ratio = schedule.training().at(u).sigma() / schedule.training().at(u).alpha();
    assertThat(schedule.at(u).alpha()).isEqualTo(1);
    assertThat(schedule.at(u).sigma()).isCloseTo(ratio, within(1e-12));
    assertThat(schedule.at(0).sigma()).isZero();
    assertThat(schedule.timestepInput(0)).isZero();
    for (double level : new double[] {1, 0.9, 0.31, 0.02}) {
      assertThat(schedule.level(schedule.at(level).logSnr())).isCloseTo(level, within(1e-6));
    }
  }

  @ParameterizedTest
  @CsvSource({"ddim", "euler", "euler-a", "euler-karras", "dpm++2m", "dpm++2m-karras", "lcm"})
  void zeroSnrIsFinite(String sampler) {
    DiffusersScheduler config = config(ZERO);
    Sampling sampling = config.sampling(sampler, 6);
    try (PointerScope scope = new PointerScope()) {
      List<Float> told = new ArrayList<>();
      Denoiser network =
          (x, t, c) -> {
            told.add(Tensors.toFloats(t)[1]);
            return Ops.mul(x.sin(), 0.5);
          };
      X0Denoiser denoiser = X0Denoiser.of(network, sampling.schedule(), config.toPrediction());
      TimestepPlan plan = TimestepPlan.uniform(sampling.levels(), 3).holdClean(0);
      Noise noise = Noise.of(new RandomStreams(5));
      Tensor given = Tensors.full(0.3, 1, 2, 3, 4, 4);
      Tensor start = SamplerLoop.start(plan, sampling.schedule(), given, noise);
      Tensor end =
          new SamplerLoop(sampling.sampler(), denoiser).run(plan, start, noise, Progress.NONE);
      assertThat(told.getFirst()).isEqualTo(999f);
      for (float x : Tensors.toFloats(end)) {
        assertThat(x).isFinite().isBetween(-20f, 20f);
      }
      assertThat(Tensors.toBytes(end.select(2, 0))).isEqualTo(Tensors.toBytes(given.select(2, 0)));
    }
  }

  @Test
  void framesAreToldTheirOwnTimesteps() {
    Sampling sampling = config(SD15).sampling("ddim", 4);
    try (PointerScope scope = new PointerScope()) {
      List<float[]> told = new ArrayList<>();
      Denoiser network =
          (x, t, c) -> {
            told.add(Tensors.toFloats(t));
            return x;
          };
      X0Denoiser denoiser = X0Denoiser.of(network, sampling.schedule(), Prediction.EPS);
      TimestepPlan plan = TimestepPlan.pyramid(sampling.levels(), 3, 1);
      Noise noise = Noise.of(new RandomStreams(5));
      Tensor start =
          SamplerLoop.start(plan, sampling.schedule(), Tensors.zeros(1, 1, 3, 2, 2), noise);
      new SamplerLoop(sampling.sampler(), denoiser).run(plan, start, noise, Progress.NONE);
      assertThat(told.get(2)).containsExactly(251, 501, 751);
      assertThat(told.get(4)).containsExactly(0, 1, 251);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | unknown scheduler ''",
        "{'_class_name': 'KDPM2DiscreteScheduler'} | unknown scheduler 'KDPM2DiscreteScheduler':"
            + " this version reads DDIMScheduler, DDPMScheduler, DPMSolver",
        "{'_class_name': 'DDIMScheduler', 'beta_schedule': 'sigmoid'} | unknown beta_schedule"
            + " 'sigmoid'",
        "{'_class_name': 'DDIMScheduler', 'beta_start': 'much'} | beta_start must be a number, not"
            + " \"much\"",
        "{'_class_name': 'DDIMScheduler', 'beta_start': 2} | betas rise within 0 and 1",
        "{'_class_name': 'DDIMScheduler', 'num_train_timesteps': 1} | num_train_timesteps is 2 to"
            + " 100000, not 1",
        "{'_class_name': 'DDIMScheduler', 'num_train_timesteps': 1.5} | num_train_timesteps must be"
            + " a whole number",
        "{'_class_name': 'DDIMScheduler', 'timestep_spacing': 'random'} | unknown timestep_spacing"
            + " 'random'",
        "{'_class_name': 'DDIMScheduler', 'prediction_type': 'noise'} | unknown prediction_type"
            + " 'noise'",
        "{'_class_name': 'DDIMScheduler', 'trained_betas': [0.1, -1]} | a beta lies between 0 and"
            + " 1",
        "{'_class_name': 'EulerDiscreteScheduler', 'use_beta_sigmas': true} | not supported",
        "{'_class_name': 'EulerDiscreteScheduler', 'final_sigmas_type': 'one'} | unknown"
            + " final_sigmas_type",
        "{'_class_name': 'UniPCMultistepScheduler', 'solver_order': 3} | solver_order is 1 or 2",
        "{'_class_name': 'UniPCMultistepScheduler', 'predict_x0': false} | predicts noise",
        "{'_class_name': 'UniPCMultistepScheduler', 'disable_corrector': [0]} | without its corrector",
        "{'_class_name': 'UniPCMultistepScheduler', 'use_dynamic_shifting': true} | not supported",
        "{'_class_name': 'DPMSolverMultistepScheduler', 'solver_order': 3} | solver_order is 1 or 2"
            + " here, not 3",
        "{'_class_name': 'DPMSolverMultistepScheduler', 'algorithm_type': 'dpmsolver'} |"
            + " algorithm_type 'dpmsolver' is not supported",
        "{'_class_name': 'FlowMatchEulerDiscreteScheduler', 'use_dynamic_shifting': true} | not"
            + " supported",
        "{'_class_name': 'FlowMatchEulerDiscreteScheduler', 'shift': 0} | a shift is above 0",
        "{'_class_name': 'FlowMatchEulerDiscreteScheduler', 'shift_terminal': 2} | a last sigma",
        "{'_class_name': 'EulerDiscreteScheduler', 'sigma_min': 0} | noise ratios rise from above"
            + " 0",
        "{'_class_name': 'LCMScheduler', 'original_inference_steps': 2000} |"
            + " original_inference_steps is 1 to 1000",
        "{'_class_name': 'PNDMScheduler'} | take the sampler ddim"
      })
  void whatIsWrongIsSaid(String json, String message) {
    assertThatThrownBy(() -> config(json.replace('\'', '"')))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(message);
  }

  @Test
  void whatDoesNotFitASamplerIsSaid() {
    DiffusersScheduler sd = config(SD15);
    assertThatThrownBy(() -> sd.sampling("magic", 4)).hasMessageStartingWith("unknown sampler");
    assertThatThrownBy(() -> sd.sampling("ddim", 1001)).hasMessageContaining("more than the 1000");
    assertThatThrownBy(() -> sd.sampling("ddim", 1000)).hasMessageContaining("take fewer steps");
    assertThatThrownBy(() -> sd.sampling("lcm", 51)).hasMessageContaining("distilled on 50");
    assertThatThrownBy(() -> config(ZERO).sampling("pndm", 4)).hasMessageContaining("leading");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "EULER", "euler-karas", "dpm++3m", "dpm++2m-sde-kar", "lcm-karras"})
  void aNameThatIsNotInTheTableIsAnError(String name) {
    for (Scheduling scheduling :
        List.of(config(SD15), config(ZERO), new SchedulerConfig("flow", 3, "flow"))) {
      assertThatThrownBy(() -> scheduling.sampling(name, 4))
          .isInstanceOf(UserError.class)
          .hasMessage(
              "unknown sampler '" + name + "': it is one of " + String.join(", ", Samplers.NAMES));
    }
  }

  @Test
  void everyClassOfTheReferenceNamesASamplerOfTheTable() {
    for (SchedulerClass kind : SchedulerClass.values()) {
      String json = "{\"_class_name\": \"%s\", \"skip_prk_steps\": true}".formatted(kind.title());
      assertThat(Samplers.NAMES).as(kind.title()).contains(config(json).sampler());
    }
  }

  @Test
  void aFileIsNamed(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("scheduler_config.json");
    Files.writeString(file, "{\"_class_name\": \"X\"}");
    assertThatThrownBy(() -> Scheduling.read(file))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith(file + ": unknown scheduler 'X'");
    Files.writeString(file, SD15);
    assertThat(Scheduling.read(file)).isInstanceOf(DiffusersScheduler.class);
    Files.writeString(
        file, "{\"schedule\": \"flow\", \"shift\": 3, \"prediction_type\": \"flow\"}");
    assertThat(Scheduling.read(file)).isEqualTo(new SchedulerConfig("flow", 3, "flow"));
  }

  @Test
  void whatAnUnclipSchedulerDoesNotKnowIsRefusedByName() {
    for (String field :
        List.of(
            "\"beta_schedule\": \"linear\"",
            "\"prediction_type\": \"v_prediction\"",
            "\"variance_type\": \"fixed_small\"",
            "\"variance_type\": \"learned_range\"")) {
      assertThatThrownBy(() -> config("{\"_class_name\": \"UnCLIPScheduler\", " + field + "}"))
          .as(field)
          .isInstanceOf(UserError.class)
          .hasMessageContaining(field.split("\"", -1)[1]);
    }
    assertThatThrownBy(
            () -> config("{\"_class_name\": \"UnCLIPScheduler\"}").sampling("unclip", 1001))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("more than the 1000");
  }

  /** Its files do not name their betas; other samplers must not take their own for them. */
  @Test
  void otherSamplersWalkTheBetasOfAnUnclipScheduler() {
    DiffusersScheduler unclip = config("{\"_class_name\": \"UnCLIPScheduler\"}");
    double sigma = unclip.sampling("ddim", 4).schedule().at(0.5).sigma();
    assertThat(sigma)
        .isEqualTo(unclip.sampling("unclip", 4).schedule().at(0.5).sigma(), within(0.2));
    assertThat(unclip.toSchedule().at(1).alpha()).isLessThan(1e-4);
  }

  /** Odd values of every field that some class has. */
  private static final String EVERY_FIELD =
      """
      {"clip_sample": true, "clip_sample_range": 0.5, "thresholding": true,
       "set_alpha_to_one": true, "skip_prk_steps": false, "variance_type": "learned_range",
       "use_karras_sigmas": true, "use_exponential_sigmas": true, "use_beta_sigmas": true,
       "use_lu_lambdas": true, "use_flow_sigmas": true, "use_dynamic_shifting": true,
       "solver_order": 3, "algorithm_type": "dpmsolver", "solver_type": "heun",
       "final_sigmas_type": "sigma_min", "rescale_betas_zero_snr": true, "invert_sigmas": true,
       "stochastic_sampling": true, "shift": 3.0, "sigma_min": 0.5, "sigma_max": 2.0,
       "timestep_type": "continuous", "interpolation_type": "log_linear", "beta_start": 0.001,
       "beta_schedule": "squaredcos_cap_v2", "prediction_type": "v_prediction",
       "timestep_spacing": "trailing", "steps_offset": 7, "original_inference_steps": 30,
       "timestep_scaling": 3.0}\
      """;

  /** {@code from_config} leaves fields of the class before in a file; they say nothing. */
  @ParameterizedTest
  @EnumSource(SchedulerClass.class)
  void fieldsOfOtherClassesSayNothing(SchedulerClass kind) {
    JsonMapper mapper = new JsonMapper();
    ObjectNode plain = mapper.createObjectNode().put("_class_name", kind.title());
    if (kind == SchedulerClass.PNDM) {
      plain.put("skip_prk_steps", true);
    }
    ObjectNode mixed = plain.deepCopy();
    mapper
        .readTree(EVERY_FIELD)
        .properties()
        .forEach(field -> {
          if (!kind.has(field.getKey())) {
            mixed.set(field.getKey(), field.getValue());
          }
        });
    DiffusersScheduler expected = new DiffusersScheduler(plain);
    DiffusersScheduler made = new DiffusersScheduler(mixed);
    assertThat(made.sampler()).isEqualTo(expected.sampler());
    assertThat(made.toPrediction()).isEqualTo(expected.toPrediction());
    Sampling ours = made.sampling(made.sampler(), 4);
    Sampling theirs = expected.sampling(expected.sampler(), 4);
    assertThat(ours.sampler()).isEqualTo(theirs.sampler());
    assertThat(ours.levels()).containsExactly(theirs.levels());
    assertThat(((SampledSchedule) ours.schedule()).timesteps())
        .containsExactly(((SampledSchedule) theirs.schedule()).timesteps());
  }

  /** Stable Diffusion's pipelines put these right whatever the class and the file. */
  @ParameterizedTest
  @EnumSource(SchedulerClass.class)
  void stableDiffusionsPipelineNeverClipsAndCountsFromOne(SchedulerClass kind) {
    ObjectNode old =
        new JsonMapper()
            .createObjectNode()
            .put("_class_name", kind.title())
            .put("timestep_spacing", "leading")
            .put("skip_prk_steps", true)
            .put("clip_sample", true);
    DiffusersScheduler made = new DiffusersScheduler(old).underStableDiffusion();
    DiffusersScheduler right =
        new DiffusersScheduler(old.deepCopy().put("steps_offset", 1).put("clip_sample", false));
    Sampling ours = made.sampling(made.sampler(), 5);
    Sampling theirs = right.sampling(right.sampler(), 5);
    assertThat(ours.sampler()).isEqualTo(theirs.sampler());
    assertThat(((SampledSchedule) ours.schedule()).timesteps())
        .containsExactly(((SampledSchedule) theirs.schedule()).timesteps());
  }

  /** What numpy makes of libtorch's betas; the first one is within a rounding of a whole number. */
  @Test
  void exponentialSpacingOnLinearBetasIsCutAsTheReferenceDoes() {
    assertThat(exponential(1e-4, 0.02)).containsExactly(999, 721, 302, 30, 0);
    assertThat(exponential(0.00085, 0.012)).containsExactly(998, 673, 246, 24, 0);
  }

  private static double[] exponential(double start, double end) {
    DiffusersScheduler made =
        new DiffusersScheduler(
            new JsonMapper()
                .createObjectNode()
                .put("_class_name", SchedulerClass.DPM.title())
                .put("use_exponential_sigmas", true)
                .put("beta_start", start)
                .put("beta_end", end));
    return ((SampledSchedule) made.sampling(made.sampler(), 5).schedule()).timesteps();
  }
}
