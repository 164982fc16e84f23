package io.zoetrope.train.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.checkpoint.Component;
import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import io.zoetrope.error.UserError;
import io.zoetrope.network.TestNetworks;
import io.zoetrope.network.classifier.ClassifierConfig;
import io.zoetrope.network.classifier.VideoClassifier;
import io.zoetrope.network.vae.Autoencoder;
import io.zoetrope.network.vae.AutoencoderConfig;
import io.zoetrope.network.vae.CompactConfig;
import io.zoetrope.network.vae.KlConfig;
import io.zoetrope.network.vae.OverTime;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.pipeline.family.Autoencoders;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import io.zoetrope.train.StepReport;
import io.zoetrope.train.TrainingListener;
import io.zoetrope.train.objective.ToyboxLabels;
import io.zoetrope.train.run.TrainingRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Layers over time for the decoder of a picture's autoencoder, against a critic. */
class DecoderMethodTest {
  private static final Map<String, AutoencoderConfig> BASES =
      Map.of(
          "compact",
          CompactConfig.size("tiny"),
          "KL",
          new KlConfig(List.of(8, 16), 2, 4, 4, 32, 0.18215, 0, true, true, true));

  @TempDir Path folder;

  static Stream<String> bases() {
    return BASES.keySet().stream().sorted();
  }

  /** An autoencoder of pictures with random weights. */
  private Path base(String name) {
    AutoencoderConfig config = Objects.requireNonNull(BASES.get(name));
    try (ParameterStore store =
        ParameterStore.forTraining(Map.of(), new RandomStreams(4), Precision.F32)) {
      Autoencoder unused = config.build(store.root());
      store
          .parameters()
          .forEach((key, p) ->
              Scopes.run(() -> {
                try (RandomStream random = new RandomStreams(6).stream(key)) {
                  Tensor noise = Ops.mul(random.normal(Tensors.shape(p)), 0.05);
                  Scopes.noGrad(() -> p.add_(noise));
                }
              }));
      Component.diffusion(folder.resolve(name + "/vae"))
          .write(config, store.parameters(), ScalarType.Float);
    }
    return folder.resolve(name);
  }

  private String recipe(String name, String base, int steps, String more) {
    return """
    {name: %s, seed: 3, steps: %s, batch: 2, accumulate: 2, precision: f32, ema: 0.5,
     optimizer: {lr: 1e-2}, checkpoint: {every: 3}, log: {every: 1}, sample: {every: 4},
     data: {kind: toybox, width: 16, height: 16, frames: 3},
     objective: {kind: decoder, autoencoder: %s, %s}}
    """
        .formatted(name, steps, folder.resolve(base), more);
  }

  private TrainingRun.Outcome run(String name, String text, boolean resume, TrainingListener by) {
    return TrainingRun.run(
        Methods.ALL.parse(name, text, List.of()), text, folder.resolve("runs"), resume, by);
  }

  private static final String GAME =
      "motion: 0.2, noise: 0.1, adversary: {factor: 0.5, from: 2, width: 4}";

  private static TrainingListener until(int stop, List<StepReport> reports) {
    return new TrainingListener() {
      @Override
      public void step(StepReport report) {
        reports.add(report);
      }

      @Override
      public boolean cancelled() {
        return reports.size() == stop;
      }
    };
  }

  private static Tensor decoded(Path vae, Tensor z) {
    Component component = Component.diffusion(vae);
    try (SafetensorsFile file = Safetensors.open(component.weights());
        ParameterStore store = ParameterStore.forInference(file.tensors(), Precision.F32)) {
      Autoencoder made = Autoencoders.read(component).build(store.root());
      store.requireComplete(vae.toString());
      return Scopes.noGrad(() -> Scopes.tensor(() -> made.decode(z)));
    }
  }

  /** What it begins as: the decoder of pictures, to the bit. */
  @ParameterizedTest
  @MethodSource("bases")
  void itBeginsAsTheDecoderOfPictures(String name) {
    Path base = base(name);
    AutoencoderConfig config = Objects.requireNonNull(BASES.get(name));
    OverTime over = config.overTime().orElseThrow();
    Scopes.run(() -> {
      Map<String, Tensor> all = new LinkedHashMap<>();
      try (SafetensorsFile file =
              Safetensors.open(base.resolve("vae/diffusion_pytorch_model.safetensors"));
          ParameterStore store = renamed(file, over)) {
        Autoencoder unused = over.config().build(store.root());
        all.putAll(store.parameters());
        Component.diffusion(folder.resolve("new")).write(over.config(), all, ScalarType.Float);
      }
      Tensor z = TestNetworks.normal("z", 1, config.grid().channels(), 5, 3, 2);
      Tensor own = decoded(base.resolve("vae"), z);
      Tensor begun = decoded(folder.resolve("new"), z);
      assertThat(Tensors.toBytes(begun)).isEqualTo(Tensors.toBytes(own));
    });
  }

  private static ParameterStore renamed(SafetensorsFile file, OverTime over) {
    Map<String, Tensor> weights = new LinkedHashMap<>();
    file.tensors().forEach((key, tensor) -> weights.put(over.names().apply(key), tensor));
    return ParameterStore.forTraining(weights, new RandomStreams(1), Precision.F32);
  }

  /** A game of two that was stopped comes to the bits of one that was not; so does its critic. */
  @Test
  void theGameResumesToTheBit() throws IOException {
    base("compact");
    String text = recipe("NAME", "compact", 6, GAME);
    List<StepReport> whole = new ArrayList<>();
    run("whole", text.replace("NAME", "whole"), false, until(100, whole));
    run("parts", text.replace("NAME", "parts"), false, until(4, new ArrayList<>()));
    run("parts", text.replace("NAME", "parts"), true, until(100, new ArrayList<>()));
    Path one = folder.resolve("runs/whole");
    Path two = folder.resolve("runs/parts");
    String last = "checkpoints/step-000006/";
    for (String file :
        List.of(
            last + "model.safetensors",
            last + "ema.safetensors",
            last + "optimizer.safetensors",
            last + "critic.model.safetensors",
            last + "critic.optimizer.safetensors",
            "vae/diffusion_pytorch_model.safetensors",
            "vae/config.json")) {
      assertThat(two.resolve(file)).hasSameBinaryContentAs(one.resolve(file));
    }
    assertThat(whole.getFirst().metrics()).doesNotContainKey("adversary");
    assertThat(whole.getLast().metrics())
        .containsKeys("adversary", "adversary_weight", "critic.hinge", "psnr", "trembling");
    assertThat(one.resolve("samples/step-000004/clips.png")).exists();
  }

  /** Of the autoencoder of pictures nothing moves; the layers over time and the critic do. */
  @ParameterizedTest
  @MethodSource("bases")
  void theLayersOverTimeAloneLearn(String name) {
    Path base = base(name);
    OverTime over = Objects.requireNonNull(BASES.get(name)).overTime().orElseThrow();
    Path made =
        run("learned", recipe("learned", name, 3, GAME), false, TrainingListener.NONE).product();
    try (SafetensorsFile before =
            Safetensors.open(base.resolve("vae/diffusion_pytorch_model.safetensors"));
        SafetensorsFile after =
            Safetensors.open(made.resolve("diffusion_pytorch_model.safetensors"))) {
      Map<String, Tensor> weights = after.tensors();
      before
          .tensors()
          .forEach((key, tensor) ->
              assertThat(
                      Tensors.toBytes(Objects.requireNonNull(weights.get(over.names().apply(key)))))
                  .as(key)
                  .isEqualTo(Tensors.toBytes(tensor)));
      List<String> fresh = weights.keySet().stream().filter(over.isNew()).toList();
      assertThat(fresh).hasSize(weights.size() - before.tensors().size());
      assertThat(fresh.stream().filter(key -> key.endsWith("conv2.weight")))
          .allSatisfy(key ->
              assertThat(Objects.requireNonNull(weights.get(key)).abs().max().item_double())
                  .isPositive());
    }
    // It can be trained on.
    Path more =
        run("more", recipe("more", "runs/learned", 1, "l1: 1.0"), false, TrainingListener.NONE)
            .product();
    assertThat(more.resolve("config.json")).hasSameBinaryContentAs(made.resolve("config.json"));
  }

  @Test
  void aClassifierSeesTheError() {
    base("compact");
    ClassifierConfig config = ClassifierConfig.size("tiny").withHeads(ToyboxLabels.heads());
    try (ParameterStore store =
        ParameterStore.forTraining(Map.of(), new RandomStreams(4), Precision.F32)) {
      VideoClassifier unused = new VideoClassifier(config, store.root());
      Component.encoder(folder.resolve("classifier"))
          .write(config, store.parameters(), ScalarType.Float);
    }
    List<StepReport> reports = new ArrayList<>();
    run(
        "seen",
        recipe("seen", "compact", 2, "features: 0.1, classifier: " + folder.resolve("classifier")),
        false,
        until(100, reports));
    assertThat(reports.getLast().metrics().get("features")).isPositive();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "l1: 0; l1 must be above 0",
        "gradient: -1; gradient must be 0 or more",
        "motion: -0.1; motion must be 0 or more",
        "features: 1; features need a classifier",
        "classifier: nowhere; whose weight is 0",
        "{features: 1, classifier: nowhere}; no classifier in",
        "noise: -1; noise must be 0 to 10",
        "adversary: {factor: 0}; factor must be",
        "adversary: {from: -1}; from must be",
        "adversary: {width: 6}; width must be a multiple of 4",
        "adversary: {width: 2}; width must be 4 to",
        "adversary: {rate: 0}; rate must be",
        "adversary: {when: 1}; when",
        "autoencoder: nowhere; no finished autoencoder",
      })
  void whatCannotBeIsSaidInALine(String setting, String said) {
    base("compact");
    List<String> settings = new ArrayList<>();
    String bare =
        setting.startsWith("{features") ? setting.substring(1, setting.length() - 1) : setting;
    for (String one :
        bare.startsWith("adversary") ? List.of(bare) : List.of(bare.split(", ", -1))) {
      settings.add("objective." + one.replaceFirst(": ", "="));
    }
    String text = recipe("bad", "compact", 1, "l1: 1.0");
    assertThatThrownBy(() ->
            TrainingRun.run(
                Methods.ALL.parse("bad", text, settings),
                text,
                folder.resolve("runs"),
                false,
                TrainingListener.NONE))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(said)
        .message()
        .hasLineCount(1);
  }

  @Test
  void clipsOfOneFrameOrOfHalfALatentTeachNothing() throws IOException {
    base("compact");
    for (String data : List.of("frames: 1", "frames: 3, width: 18")) {
      String text =
          recipe("bad", "compact", 1, "l1: 1.0")
              .replace("frames: 3", data)
              .replace("width: 16, ", data.contains("width") ? "" : "width: 16, ");
      assertThatThrownBy(() -> run("bad", text, false, TrainingListener.NONE))
          .isInstanceOf(UserError.class)
          .message()
          .hasLineCount(1);
    }
    Component.diffusion(folder.resolve("pixels/vae"))
        .write(io.zoetrope.network.vae.Pixels.INSTANCE);
    assertThatThrownBy(
            () -> run("bad", recipe("bad", "pixels", 1, "l1: 1.0"), false, TrainingListener.NONE))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("no layers over time");
    assertThat(Files.exists(folder.resolve("runs/bad/vae"))).isFalse();
  }
}
