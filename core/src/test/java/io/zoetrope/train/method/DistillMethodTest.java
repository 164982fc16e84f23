package io.zoetrope.train.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.error.UserError;
import io.zoetrope.network.NetworkConfig;
import io.zoetrope.network.Told;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.pipeline.TinyModel;
import io.zoetrope.pipeline.family.LoraChoice;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.family.Role;
import io.zoetrope.pipeline.family.TinyStableDiffusion;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import io.zoetrope.train.StepReport;
import io.zoetrope.train.TrainingListener;
import io.zoetrope.train.recipe.Recipe;
import io.zoetrope.train.run.TrainingRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Students learn, are written as models of their own, and know what they know. */
class DistillMethodTest {
  private static final String TWO = "{kind: progressive, steps: 2}";

  @TempDir Path folder;

  private static Recipe<Method> recipe(String name, Path base, String way, String more) {
    String text =
        """
        {name: %s, seed: 3, steps: 4, batch: 2, optimizer: {lr: 2e-3}, ema: 0.0,
         schedule: {floor: 1.0}, checkpoint: {every: 2}, log: {every: 1}, sample: {every: 0},
         data: {kind: toybox, width: 64, height: 64, frames: 4},
         objective: {kind: distill, base: {model: '%s'}, way: %s, clips: 2%s}}
        """
            .formatted(name, base, way, more);
    return Methods.ALL.parse("r", text, List.of());
  }

  private Path trained(Recipe<Method> recipe) {
    return TrainingRun.run(recipe, "", folder.resolve("runs"), false, TrainingListener.NONE)
        .product();
  }

  private Path teacher() {
    return TinyModel.write(folder.resolve("teacher"));
  }

  private static VideoModel load(Path model) {
    return VideoModel.load(ModelChoice.of(model, "f32"));
  }

  private static VideoRequest request(VideoModel model) {
    return VideoRequest.of("a red ball moves right", 1, model.defaults());
  }

  /** What a network says of some noise, told a weight of guidance where it is. */
  private static float[] answer(VideoModel model, double w) {
    return Scopes.value(() ->
        Scopes.noGrad(() -> {
          try (RandomStream random = new RandomStreams(1).stream("z")) {
            Tensor z = random.normal(1, 4, 3, 8, 8);
            Conditioning words =
                model.text().orElseThrow().condition(List.of("a red ball")).asTextsOf(1);
            Conditioning told =
                model.guidesItself()
                    ? words.with(Conditioning.GUIDANCE, Tensors.full(w, 1, 3))
                    : words;
            return Tensors.toFloats(model.network().predict(z, Tensors.full(500, 1, 3), told));
          }
        }));
  }

  @ParameterizedTest
  @ValueSource(strings = {"transformer", "unet"})
  void aStudentBeginsAsItsTeacherWhateverItIsTold(String kind) {
    Path directory =
        kind.equals("unet")
            ? TinyStableDiffusion.write(folder.resolve("sd"), ScalarType.Float)
            : teacher();
    try (VideoModel teacher = load(directory)) {
      NetworkConfig config = teacher.network().config().telling(Told.LEVEL.guided());
      Map<String, Tensor> weights =
          new LinkedHashMap<>(teacher.weights(Role.DENOISER).orElseThrow().parameters());
      try (ParameterStore store =
          ParameterStore.forTraining(weights, new RandomStreams(1), Precision.F32)) {
        var student = config.build(store.root());
        Tensor unused =
            Scopes.tensor(() ->
                Scopes.noGrad(() -> {
                  try (RandomStream random = new RandomStreams(1).stream("z")) {
                    Tensor z = random.normal(1, 4, 1, 8, 8);
                    Conditioning words =
                        teacher.text().orElseThrow().condition(List.of("a red ball")).asTextsOf(1);
                    Tensor t = Tensors.full(300, 1, 1);
                    Tensor before = teacher.network().predict(z, t, words);
                    for (double w : new double[] {0, 2.5}) {
                      Conditioning told = words.with(Conditioning.GUIDANCE, Tensors.full(w, 1, 1));
                      assertThat(student.predict(z, t, told).equal(before)).isTrue();
                    }
                    return before;
                  }
                }));
      }
    }
  }

  @Test
  void theWholeNetworkBecomesAModelThatKnowsItsLevels() {
    Path product = trained(recipe("two", teacher(), TWO, ""));
    try (VideoModel student = load(product);
        VideoModel teacher = load(folder.resolve("teacher"))) {
      assertThat(student.guidesItself()).isTrue();
      assertThat(student.defaults().steps()).isEqualTo(2);
      assertThat(student.scheduling().toSchedule()).isEqualTo(teacher.scheduling().toSchedule());
      assertThat(answer(student, 0)).isNotEqualTo(answer(teacher, 0));
      assertThat(answer(student, 0)).isNotEqualTo(answer(student, 4));
      byte[] usual = TinyModel.latents(student, request(student));
      assertThat(TinyModel.latents(student, request(student).withGuidance(1))).isNotEqualTo(usual);
      refused(student, request(student).withSteps(3), "3 steps do not land", "take steps: 1, 2");
      refused(student, request(student).withSampler("heun"), "sampler heun", "flow-euler");
      refused(student, request(student).withGuidance(7), "scales of 1.0 to 5.0, not 7.0");
      refused(student, request(student).withNegative("blue"), "led away from no prompt");
    }
  }

  private static void refused(VideoModel model, VideoRequest request, String... said) {
    assertThatThrownBy(() -> TinyModel.latents(model, request))
        .isInstanceOf(UserError.class)
        .hasMessageContainingAll(said);
  }

  @Test
  void aPlanThatDoesNotLandOnTheLevelsIsRefusedWithThoseThatWouldDo() {
    Path product = trained(recipe("four", teacher(), "{kind: progressive, steps: 4}", ""));
    try (VideoModel student = load(product)) {
      var few = student.scheduling().distilled().orElseThrow();
      few.require(TimestepPlan.uniform(4, 3).holdClean(0));
      few.require(TimestepPlan.uniform(2, 3));
      few.require(TimestepPlan.pyramid(new double[] {1, 0.75, 0.5, 0.25, 0}, 3, 2));
      assertThatThrownBy(() -> few.require(TimestepPlan.uniform(new double[] {0.6, 0.25, 0}, 3)))
          .isInstanceOf(UserError.class)
          .hasMessage(
              "row 0 of the plan has frame 0 at level 0.600, which this model was not distilled"
                  + " for: the levels that would do are 0 to 1 in steps of 1/4");
      assertThatThrownBy(() -> few.require(TimestepPlan.uniform(3, 2)))
          .hasMessageContaining("level 0.667");
    }
  }

  @Test
  void aStudentTeachesOneOfHalfItsSteps() {
    Path four = trained(recipe("four", teacher(), "{kind: progressive, steps: 4}", ""));
    Path two = trained(recipe("on", four, TWO, ", guidance: {from: 2, to: 4}"));
    try (VideoModel student = load(two)) {
      assertThat(student.scheduling().distilled().orElseThrow().levels()).isEqualTo(2);
      refused(student, request(student).withGuidance(1.5), "scales of 2.0 to 4.0, not 1.5");
    }
    assertThatThrownBy(() -> trained(recipe("odd", four, "{kind: progressive, steps: 3}", "")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("distilled to 4 levels itself");
    assertThatThrownBy(() -> trained(recipe("wide", four, TWO, ", guidance: {from: 1, to: 9}")))
        .hasMessageContaining("scales of 1.0 to 5.0, not 9.0");
  }

  @Test
  void aConsistencyModelIsSampledByLcm() {
    Path product = trained(recipe("lcm", teacher(), "{kind: consistency, grid: 12}", ""));
    try (VideoModel student = load(product)) {
      assertThat(student.defaults().sampler()).isEqualTo("lcm");
      assertThat(TinyModel.latents(student, request(student).withSteps(5))).isNotEmpty();
      refused(student, request(student).withSteps(13), "13 steps do not land");
      refused(student, request(student).withSampler("ddim"), "take the sampler lcm");
    }
  }

  @Test
  void guidanceAloneLeavesAllLevels() {
    Path product = trained(recipe("guided", teacher(), "{kind: guidance}", ""));
    try (VideoModel student = load(product)) {
      assertThat(student.guidesItself()).isTrue();
      assertThat(student.scheduling().distilled()).isEmpty();
      assertThat(TinyModel.latents(student, request(student).withSteps(7))).isNotEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {TWO, "{kind: consistency, grid: 10}"})
  void factorsBesideAModelLearnItToo(String way) {
    Path teacher = TinyStableDiffusion.write(folder.resolve("sd"), ScalarType.Float);
    Path file =
        trained(
            recipe("lora", teacher, way, ", cut: 1, parts: [{kind: lora, name: few, rank: 2}]"));
    try (SafetensorsFile written = Safetensors.open(file)) {
      assertThat(written.metadata()).containsEntry("zoetrope.method", "distill");
      assertThat(written.metadata().get("zoetrope.way"))
          .isEqualTo(
              way.equals(TWO)
                  ? "Progressive[steps=2, teacherSteps=2]"
                  : "Consistency[grid=10, huber=0.001, steps=4]");
    }
    ModelChoice choice = ModelChoice.of(teacher, "f32");
    try (VideoModel with = VideoModel.load(choice.withLoras(List.of(new LoraChoice(file, 1))));
        VideoModel without = VideoModel.load(choice)) {
      assertThat(answer(with, 0)).isNotEqualTo(answer(without, 0));
    }
  }

  /** The walk of its folder is that of diffusers: from the last timestep by equal parts. */
  @Test
  void aStudentOfStableDiffusionIsAFolderOfDiffusers() {
    Path teacher = TinyStableDiffusion.write(folder.resolve("sd"), ScalarType.Float);
    Path product = trained(recipe("sd-two", teacher, TWO, ", cut: 1"));
    try (VideoModel student = load(product)) {
      assertThat(student.network().config().told().guidance()).isEqualTo(Told.USUAL);
      assertThat(student.scheduling().distilled().orElseThrow().levels()).isEqualTo(2);
      var sampling = student.scheduling().sampling("ddim", 2);
      assertThat(Arrays.stream(sampling.levels()).boxed().toList()).hasSize(3);
      assertThat(student.scheduling().describe()).isEqualTo("scaled_linear 8.5E-4-0.012");
      assertThat(answer(student, 0)).isNotEqualTo(answer(student, 4));
    }
  }

  /**
   * A folder as latent consistency models have it elsewhere: it says nothing of levels or scales.
   */
  @Test
  void aLatentConsistencyModelOfDiffusersRuns() throws IOException {
    Path teacher = TinyStableDiffusion.write(folder.resolve("sd"), ScalarType.Float);
    Path product = trained(recipe("lcm-sd", teacher, "{kind: consistency, grid: 10}", ", cut: 1"));
    Path index = product.resolve("model_index.json");
    Files.writeString(
        index,
        Files.readString(index)
            .replace("StableDiffusionPipeline", "LatentConsistencyModelPipeline"));
    Files.writeString(
        product.resolve("scheduler/scheduler_config.json"),
        "{\"_class_name\": \"LCMScheduler\", \"original_inference_steps\": 50}");
    try (VideoModel model = load(product)) {
      assertThat(model.guidesItself()).isTrue();
      assertThat(model.scheduling().distilled()).isEmpty();
      assertThat(model.defaults().sampler()).isEqualTo("lcm");
      VideoRequest four = request(model).withSize(64, 64).withSteps(4);
      assertThat(TinyModel.latents(model, four.withGuidance(8.5)))
          .isNotEqualTo(TinyModel.latents(model, four.withGuidance(1)));
    }
  }

  @Test
  void aRunThatWasStoppedEndsAsOneThatWasNot() {
    Path teacher = teacher();
    Path whole = trained(recipe("whole", teacher, TWO, ""));
    Recipe<Method> again = recipe("again", teacher, TWO, "");
    for (int stop : new int[] {2, -1}) {
      TrainingRun.Outcome unused =
          TrainingRun.run(
              again,
              "",
              folder.resolve("runs"),
              true,
              new TrainingListener() {
                private long at;

                @Override
                public void step(StepReport report) {
                  at = report.step();
                }

                @Override
                public boolean cancelled() {
                  return at == stop;
                }
              });
    }
    try (VideoModel one = load(whole);
        VideoModel other = load(folder.resolve("runs/again/model"))) {
      assertThat(answer(other, 2)).isEqualTo(answer(one, 2));
    }
  }

  @Test
  void whatCannotBeDistilledIsSaid() {
    Path teacher = teacher();
    Map<String, String> wrong =
        Map.of(
            "{kind: progressive, steps: 0}", "steps must be 1 to 512",
            "{kind: progressive, steps: 2, teacherSteps: 65}", "teacherSteps must be 1 to 64",
            "{kind: consistency, grid: 1}", "grid must be 2 to 1000",
            "{kind: halving}", "guidance, progressive, consistency");
    wrong.forEach((way, why) ->
        assertThatThrownBy(() -> recipe("x", teacher, way, "")).hasMessageContaining(why));
    Map<String, String> more =
        Map.of(
            ", guidance: {from: 4, to: 2}", "guidance goes up within 0 to 100",
            ", guidance: {shown: 9}", "guidance.shown must be 1.0 to 5.0, is 9.0",
            ", given: 2", "given must be 0",
            ", images: 2", "no images beside clips",
            ", parts: [{kind: lora, in: text-encoder}]", "cannot be distilled into");
    more.forEach((block, why) ->
        assertThatThrownBy(() -> recipe("x", teacher, TWO, block)).hasMessageContaining(why));
  }
}
