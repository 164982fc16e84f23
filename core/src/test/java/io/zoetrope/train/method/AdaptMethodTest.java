package io.zoetrope.train.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.error.UserError;
import io.zoetrope.pipeline.family.LoraChoice;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.family.Role;
import io.zoetrope.pipeline.family.TinyStableDiffusion;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import io.zoetrope.train.Pass;
import io.zoetrope.train.RunFolder;
import io.zoetrope.train.StepReport;
import io.zoetrope.train.TrainedPart;
import io.zoetrope.train.Trainer;
import io.zoetrope.train.TrainingListener;
import io.zoetrope.train.TrainingStep;
import io.zoetrope.train.recipe.Recipe;
import io.zoetrope.train.run.TrainingRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Parts of a loaded model learn, and the rest of it stays as it was. */
class AdaptMethodTest {
  @TempDir Path folder;

  private static final String LORA = "[{kind: lora, name: look, targets: [attention], rank: 2}]";

  private static Recipe<Method> recipe(
      String name, Path base, String parts, int steps, String precision, String more) {
    String text =
        """
        {name: %s, seed: 3, steps: %s, batch: 2, precision: %s, optimizer: {lr: 2e-2}, ema: 0.0,
         schedule: {floor: 1.0}, checkpoint: {every: 100}, log: {every: 1}, sample: {every: 0},
         data: {kind: toybox, width: 64, height: 64, frames: 2},
         objective: {kind: adapt, base: {model: '%s'}, parts: %s, clips: 2%s}}
        """
            .formatted(name, steps, precision, base, parts, more);
    return Methods.ALL.parse("r", text, List.of());
  }

  private Path base(ScalarType dtype) {
    return TinyStableDiffusion.write(folder.resolve("sd"), dtype);
  }

  /** Hashes of all weights of the networks of a model. */
  private static Map<String, Integer> weights(VideoModel model) {
    Map<String, Integer> hashes = new TreeMap<>();
    for (Role<?> role : List.of(Role.DENOISER, Role.TEXT, Role.AUTOENCODER)) {
      model
          .weights(role)
          .orElseThrow()
          .parameters()
          .forEach((name, tensor) ->
              hashes.put(
                  role + " " + name + " " + tensor.scalar_type().intern(),
                  Arrays.hashCode(Tensors.toBytes(tensor))));
    }
    return hashes;
  }

  /** What the network says of some noise and words. */
  private static float[] answer(VideoModel model) {
    return Scopes.value(() ->
        Scopes.noGrad(() -> {
          try (RandomStream random = new RandomStreams(1).stream("z")) {
            Tensor z = random.normal(1, 4, 2, 8, 8);
            Conditioning words =
                model.text().orElseThrow().condition(List.of("a red ball")).asTextsOf(1);
            return Tensors.toFloats(
                model.network().predict(z, Tensors.full(500, 1, 2), words).to(ScalarType.Float));
          }
        }));
  }

  /** The loss on batches and noise that are always the same. */
  private static double loss(Pass pass) {
    double sum = 0;
    for (int i = 0; i < 6; i++) {
      TrainingStep step = new TrainingStep(99, i, 0, 1);
      sum += Scopes.value(() -> Scopes.noGrad(() -> pass.objective().loss(step).item_double()));
    }
    return sum / 6;
  }

  @Test
  void aLoraLearnsBesideAFrozenBase() {
    Path directory = base(ScalarType.Float);
    Recipe<Method> recipe = recipe("look", directory, LORA, 20, "f32", "");
    Path product;
    float[] bare;
    float[] taught;
    try (VideoModel model = VideoModel.load(ModelChoice.of(directory, "f32"));
        RunFolder run = RunFolder.open(folder.resolve("runs/look"), "", false);
        Setting setting = new Setting(recipe, run, TrainingListener.NONE)) {
      Map<String, Integer> before = weights(model);
      bare = answer(model);
      Prepared prepared = ((AdaptMethod) recipe.objective()).prepare(setting, model);
      assertThat(answer(model)).as("it begins as the base").isEqualTo(bare);
      Pass pass = prepared.players().getFirst().passes().getFirst();
      TrainedPart part = prepared.players().getFirst().parts().getFirst();
      // Four of each of 16 transformers' two attentions.
      assertThat(part.parameters()).hasSize(16 * 2 * 4 * 2);
      double first = loss(pass);
      try (Trainer trainer = new Trainer(prepared.players(), recipe.settings(), run)) {
        long[] handles = new long[2];
        Trainer.Result unused =
            trainer.run(
                new TrainingListener() {
                  @Override
                  public void step(StepReport report) {
                    handles[report.step() < 10 ? 0 : 1] = Pointer.totalCount();
                  }
                });
        assertThat(handles[1]).as("native handles").isLessThanOrEqualTo(handles[0]);
        assertThat(loss(pass)).isLessThan(0.97 * first);
        prepared.product().write().accept(trainer.ema());
      }
      product = prepared.product().path();
      taught = answer(model);
      assertThat(taught).isNotEqualTo(bare);
      part.act(0);
      assertThat(answer(model)).as("at scale 0 it is the base").isEqualTo(bare);
      part.act(1);
      assertThat(answer(model)).isEqualTo(taught);
      assertThat(weights(model)).as("nothing of the base has moved").isEqualTo(before);
    }
    try (SafetensorsFile checkpoint =
        Safetensors.open(folder.resolve("runs/look/checkpoints/step-000020/model.safetensors"))) {
      assertThat(checkpoint.entries().keySet())
          .hasSize(256)
          .allMatch(name -> name.startsWith("look.") && name.contains(".lora_"));
    }
    assertThat(folder.resolve("runs/look/frozen.safetensors")).doesNotExist();
    try (SafetensorsFile file = Safetensors.open(product)) {
      assertThat(file.entries().keySet())
          .contains("unet.mid_block.attentions.0.transformer_blocks.0.attn1.to_out.0.lora_A.weight")
          .allMatch(name -> name.startsWith("unet."));
      assertThat(file.metadata()).containsEntry("zoetrope.rank", "2");
    }
    for (double scale : new double[] {0, 1}) {
      ModelChoice choice =
          ModelChoice.of(directory, "f32").withLoras(List.of(new LoraChoice(product, scale)));
      try (VideoModel model = VideoModel.load(choice)) {
        assertThat(model.loras().getFirst().whole()).isTrue();
        float[] answer = answer(model);
        if (scale == 0) {
          assertThat(answer).isEqualTo(bare);
        } else {
          assertThat(answer).usingComparatorWithPrecision(1e-3f).containsExactly(taught);
        }
      }
    }
  }

  @Test
  void aBaseInBf16StaysInBf16() {
    Path directory = base(ScalarType.BFloat16);
    Recipe<Method> recipe =
        recipe("half", directory, LORA, 3, "bf16", ", checkpointing: true, weight: min-snr");
    try (VideoModel model = VideoModel.load(ModelChoice.of(directory, "bf16"));
        RunFolder run = RunFolder.open(folder.resolve("runs/half"), "", false);
        Setting setting = new Setting(recipe, run, TrainingListener.NONE)) {
      Map<String, Integer> before = weights(model);
      Prepared prepared = ((AdaptMethod) recipe.objective()).prepare(setting, model);
      List<StepReport> reports = new ArrayList<>();
      try (Trainer trainer = new Trainer(prepared.players(), recipe.settings(), run)) {
        Trainer.Result unused =
            trainer.run(
                new TrainingListener() {
                  @Override
                  public void step(StepReport report) {
                    reports.add(report);
                  }
                });
      }
      assertThat(reports).hasSize(3).allMatch(r -> !r.skipped() && r.gradientNorm() > 0);
      assertThat(weights(model)).isEqualTo(before);
      model
          .weights(Role.DENOISER)
          .orElseThrow()
          .parameters()
          .forEach((name, tensor) -> {
            if (tensor.dim() > 1) {
              assertThat(tensor.scalar_type().intern()).as(name).isEqualTo(ScalarType.BFloat16);
            }
            assertThat(tensor.requires_grad()).as(name).isFalse();
          });
      prepared
          .players()
          .getFirst()
          .parts()
          .getFirst()
          .parameters()
          .values()
          .forEach(t -> assertThat(t.scalar_type().intern()).isEqualTo(ScalarType.Float));
    }
  }

  /** Look and motion in one training: MotionDirector's two passes. */
  @Test
  void severalPartsLearnInPassesAndResumeToTheSameBits() throws Exception {
    Path directory = base(ScalarType.Float);
    TinyStableDiffusion.addMotion(directory);
    String parts =
        """
        [{kind: lora, name: look, targets: [image-attention], rank: 2},
         {kind: lora, name: words, in: text-encoder, rank: 1, alpha: 3, rate: 0.5},
         {kind: weights, name: motion, names: ["*motion_modules.*"], rate: 0.1}]\
        """;
    String passes =
        """
        , passes: [{name: still, frames: one, share: 0.8, scales: {motion: 0}, learn: [look, words]},
                   {name: clip, weight: 0.5, learn: [motion]}]\
        """;
    Recipe<Method> recipe = recipe("both", directory, parts, 5, "f32", passes);
    TrainingRun.Outcome whole =
        TrainingRun.run(recipe, "", folder.resolve("a"), false, TrainingListener.NONE);
    for (int stop : new int[] {2, -1}) {
      TrainingRun.Outcome unused =
          TrainingRun.run(
              recipe,
              "",
              folder.resolve("b"),
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
    assertThat(whole.product()).isEqualTo(folder.resolve("a/both/trained"));
    for (String name : List.of("look", "words", "motion")) {
      Path file = Path.of(name + ".safetensors");
      assertThat(Files.readAllBytes(folder.resolve("b/both/trained").resolve(file)))
          .as(name)
          .isEqualTo(Files.readAllBytes(whole.product().resolve(file)));
    }
    try (SafetensorsFile motion = Safetensors.open(whole.product().resolve("motion.safetensors"));
        VideoModel model = VideoModel.load(ModelChoice.of(directory, "f32"))) {
      assertThat(motion.entries().keySet()).allMatch(name -> name.contains("motion_modules."));
      Map<String, Tensor> loaded = model.weights(Role.DENOISER).orElseThrow().parameters();
      int moved = 0;
      for (Map.Entry<String, Tensor> entry : motion.tensors().entrySet()) {
        Tensor before =
            Objects.requireNonNull(loaded.get(entry.getKey().replaceFirst("unet\\.", "")));
        moved +=
            Arrays.equals(Tensors.toFloats(before), Tensors.toFloats(entry.getValue())) ? 0 : 1;
      }
      assertThat(moved).isGreaterThan(motion.entries().size() / 2);
    }
    ModelChoice both =
        ModelChoice.of(directory, "f32")
            .withLoras(
                List.of(
                    new LoraChoice(whole.product().resolve("look.safetensors"), 1),
                    new LoraChoice(whole.product().resolve("words.safetensors"), 1)));
    try (VideoModel model = VideoModel.load(both)) {
      assertThat(model.loras()).hasSize(2).allMatch(report -> report.whole());
    }
    assertThat(folder.resolve("a/both/metrics.jsonl")).content().contains("\"step\":5");
  }

  /** A weight that stands aside acts as it was loaded, to the bit, and comes back as it was. */
  @Test
  void weightsStandAside() {
    Path directory = base(ScalarType.BFloat16);
    Recipe<Method> recipe =
        recipe(
            "aside",
            directory,
            "[{kind: weights, names: ['conv_in.*', '*to_q.weight', '*conv1.weight']}]",
            4,
            "bf16",
            "");
    try (VideoModel model = VideoModel.load(ModelChoice.of(directory, "bf16"))) {
      float[] bare = answer(model);
      Map<String, Integer> before = weights(model);
      try (RunFolder run = RunFolder.open(folder.resolve("runs/aside"), "", false);
          Setting setting = new Setting(recipe, run, TrainingListener.NONE)) {
        Prepared prepared = ((AdaptMethod) recipe.objective()).prepare(setting, model);
        TrainedPart part = prepared.players().getFirst().parts().getFirst();
        float[] start = answer(model);
        assertThat(start).isEqualTo(bare);
        try (Trainer trainer = new Trainer(prepared.players(), recipe.settings(), run)) {
          Trainer.Result unused = trainer.run(TrainingListener.NONE);
        }
        float[] taught = answer(model);
        assertThat(taught).isNotEqualTo(bare);
        part.parameters()
            .forEach((name, tensor) -> {
              assertThat(tensor.scalar_type().intern()).as(name).isEqualTo(ScalarType.Float);
              assertThat(tensor.requires_grad()).as(name).isTrue();
            });
        part.act(0);
        assertThat(answer(model)).isEqualTo(bare);
        part.act(1);
        assertThat(answer(model)).isEqualTo(taught);
        assertThatThrownBy(() -> part.act(0.5))
            .isInstanceOf(UserError.class)
            .hasMessageContaining("1 or 0");
      }
      assertThat(answer(model)).isEqualTo(bare);
      assertThat(weights(model)).isEqualTo(before);
    }
  }

  @Test
  void whatCannotLearnIsNamed() {
    Path directory = base(ScalarType.Float);
    Map<String, String> wrong = new TreeMap<>();
    wrong.put("[{kind: lora, targets: [atention]}]", "nothing that 'atention' means");
    wrong.put("[{kind: lora, targets: [time-attention]}]", "nothing that 'time-attention' means");
    wrong.put("[{kind: weights, names: [nothing]}]", "nothing that 'nothing' means");
    wrong.forEach((parts, why) ->
        assertThatThrownBy(() ->
                TrainingRun.run(
                    recipe("x", directory, parts, 1, "f32", ""),
                    "",
                    folder.resolve("x" + why.hashCode()),
                    false,
                    TrainingListener.NONE))
            .isInstanceOf(UserError.class)
            .hasMessageContaining(why));
    assertThatThrownBy(() -> recipe("x", directory, "[]", 1, "f32", ""))
        .hasMessageContaining("objective.parts must name something");
    assertThatThrownBy(() -> recipe("x", directory, "[{kind: lora, rank: 0}]", 1, "f32", ""))
        .hasMessageContaining("rank must be 1 to 4096");
    assertThatThrownBy(() ->
            TrainingRun.run(
                recipe("y", directory, LORA, 1, "f32", ", passes: [{name: p, scales: {look: 0}}]"),
                "",
                folder.resolve("y"),
                false,
                TrainingListener.NONE))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("no part both acts and learns");
  }
}
