package io.zoetrope.train.method;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import io.zoetrope.data.ClipDataset;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.network.VideoNetwork;
import io.zoetrope.network.text.PromptEncoder;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.family.Role;
import io.zoetrope.pipeline.family.TinyStableDiffusion;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.record.RecordReader;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Segments;
import io.zoetrope.torch.Tensors;
import io.zoetrope.train.RunFolder;
import io.zoetrope.train.StepReport;
import io.zoetrope.train.TrainedPart;
import io.zoetrope.train.Trainer;
import io.zoetrope.train.TrainingListener;
import io.zoetrope.train.footage.ClipCut;
import io.zoetrope.train.footage.Showing;
import io.zoetrope.train.part.BasePart;
import io.zoetrope.train.part.JoinedNetwork;
import io.zoetrope.train.part.PartBlock;
import io.zoetrope.train.recipe.Recipe;
import io.zoetrope.train.run.TrainingRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds of every kind of part, however it learns. */
class PartKindsTest {
  @TempDir Path folder;

  /** A part of each kind, which the tests below are run on. */
  private static final Map<String, String> KINDS = new LinkedHashMap<>();

  static {
    KINDS.put(
        "lora",
        "rank: 2, targets: [attention, conv], upRate: 4, dropout: 0.1, rankDropout: 0.1,"
            + " moduleDropout: 0.1, maxNorm: 0.5");
    KINDS.put("weights", "names: ['*to_q.weight', conv_out.*]");
    KINDS.put("embedding", "word: zog, like: moon, vectors: 2");
    KINDS.put(
        "tokens",
        "encoder: '%s', dropPicture: 0.3, dropText: 0.3, dropBoth: 0.3"
            .formatted(TinyStableDiffusion.resource("reference/ip_adapter/image_encoder")));
    KINDS.put("control", "hint: mask, widths: [4, 4, 8, 8]");
  }

  static Stream<String> kinds() {
    return Arrays.stream(PartBlock.class.getPermittedSubclasses())
        .map(kind -> RecordReader.kind(PartBlock.class, kind));
  }

  @Test
  void everyKindIsTried() {
    assertThat(kinds().toList()).containsExactlyInAnyOrderElementsOf(KINDS.keySet());
  }

  private Recipe<Method> recipe(String kind, int steps) throws IOException {
    Path base = folder.resolve("sd");
    if (!Files.exists(base)) {
      Path unused = TinyStableDiffusion.write(base, ScalarType.Float);
    }
    String text =
        """
        {name: r, seed: 3, steps: %s, batch: 2, precision: f32, optimizer: {lr: 5e-2}, ema: 0.0,
         schedule: {floor: 1.0}, checkpoint: {every: 100}, log: {every: 1}, sample: {every: 0},
         data: {kind: toybox, width: 64, height: 64, frames: 2},
         objective: {kind: adapt, base: {model: '%s'}, parts: [{kind: %s, name: it, %s}], clips: 2,
          captions: {prefix: 'zog, '}}}
        """
            .formatted(steps, base, kind, Objects.requireNonNull(KINDS.get(kind), kind));
    return Methods.ALL.parse("r", text, List.of());
  }

  /** Hashes of all weights of a model's networks. */
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

  private static float[] bare(VideoModel model, String words) {
    return answer(model.network(), model.text().orElseThrow(), words, Optional.empty());
  }

  /** What the model with a part says. */
  private static float[] answer(
      VideoModel model, TrainedPart part, String words, ClipDataset clips) {
    BasePart of = (BasePart) part;
    return answer(
        new JoinedNetwork(model.network(), List.of(of)),
        of.reading(model.text().orElseThrow()),
        words,
        of.showing(clips));
  }

  private static float[] answer(
      VideoNetwork network, PromptEncoder text, String words, Optional<Showing> showing) {
    return Scopes.value(() ->
        Scopes.noGrad(() -> {
          try (RandomStream random = new RandomStreams(1).stream("z")) {
            Tensor z = random.normal(1, 4, 2, 8, 8);
            Conditioning all = text.condition(List.of(words)).asTextsOf(1);
            if (showing.isPresent()) {
              all = all.and(showing.get().of(List.of(new ClipCut(0, List.of(0, 1))), false));
            }
            return Tensors.toFloats(
                network.ask(z, Tensors.full(500, 1, 2), all, Segments.PLAIN).to(ScalarType.Float));
          }
        }));
  }

  /** It begins as the base, learns, at scale 0 is the base again, and leaves the base as it was. */
  @ParameterizedTest
  @MethodSource("kinds")
  void itBeginsAsTheBaseAndStandsAside(String kind) throws IOException {
    Recipe<Method> recipe = recipe(kind, 3);
    try (VideoModel model = VideoModel.load(ModelChoice.of(folder.resolve("sd"), "f32"))) {
      Map<String, Integer> before = weights(model);
      float[] moon = bare(model, "a moon at night");
      float[] zog = bare(model, "a zog at night");
      try (RunFolder run = RunFolder.open(folder.resolve("runs/r"), "", false);
          Setting setting = new Setting(recipe, run, TrainingListener.NONE)) {
        Prepared prepared = ((AdaptMethod) recipe.objective()).prepare(setting, model);
        TrainedPart part = prepared.players().getFirst().parts().getFirst();
        ClipDataset clips = setting.data();
        // Keys and values of pictures begin as the text's: that part says so.
        part.act(kind.equals("tokens") ? 0 : 1);
        assertThat(answer(model, part, "a moon at night", clips)).as("start").isEqualTo(moon);
        part.act(1);
        try (Trainer trainer = new Trainer(prepared.players(), recipe.settings(), run)) {
          Map<String, Integer> others = weightsBut(part, model);
          Trainer.Result unused =
              trainer.run(
                  new TrainingListener() {
                    @Override
                    public void step(StepReport report) {
                      assertThat(weightsBut(part, model)).isEqualTo(others);
                    }
                  });
        }
        float[] taught = answer(model, part, "a zog at night", clips);
        assertThat(taught).as("it has learned").isNotEqualTo(zog);
        part.act(0);
        assertThat(answer(model, part, "a zog at night", clips)).as("scale 0").isEqualTo(zog);
        part.act(1);
        assertThat(answer(model, part, "a zog at night", clips)).isEqualTo(taught);
      }
      assertThat(weights(model)).isEqualTo(before);
    }
  }

  /** All weights but those that a part of weights stands in for. */
  private static Map<String, Integer> weightsBut(TrainedPart part, VideoModel model) {
    Map<String, Integer> all = weights(model);
    part.parameters()
        .keySet()
        .forEach(name -> {
          String own = " " + name.substring(part.name().length() + 1) + " ";
          all.keySet().removeIf(key -> key.contains(own));
        });
    return all;
  }

  /** A run that was stopped and went on ends with the same bytes. */
  @ParameterizedTest
  @MethodSource("kinds")
  void itResumesToTheSameBits(String kind) throws IOException {
    Recipe<Method> recipe = recipe(kind, 4);
    Path whole =
        TrainingRun.run(recipe, "", folder.resolve("a"), false, TrainingListener.NONE).product();
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
    for (String file : List.of("model", "optimizer", "ema")) {
      Path name = Path.of("r/checkpoints/step-000004/" + file + ".safetensors");
      assertThat(folder.resolve("b").resolve(name))
          .as(file)
          .hasSameBinaryContentAs(folder.resolve("a").resolve(name));
    }
    Path again = folder.resolve("b").resolve(folder.resolve("a").relativize(whole));
    try (Stream<Path> files = Files.walk(whole)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertThat(again.resolve(whole.relativize(file).toString())).hasSameBinaryContentAs(file);
      }
    }
  }

  /** A checkpoint holds what learns, and nothing of the base. */
  @ParameterizedTest
  @MethodSource("kinds")
  void aCheckpointHoldsThePartAlone(String kind) throws IOException {
    TrainingRun.Outcome unused =
        TrainingRun.run(recipe(kind, 1), "", folder.resolve("a"), false, TrainingListener.NONE);
    Path checkpoint = folder.resolve("a/r/checkpoints/step-000001/model.safetensors");
    try (SafetensorsFile file = Safetensors.open(checkpoint)) {
      assertThat(file.entries().keySet()).allMatch(name -> name.startsWith("it."));
    }
    assertThat(folder.resolve("a/r/frozen.safetensors")).doesNotExist();
  }
}
