package io.zoetrope.train.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.checkpoint.Component;
import io.zoetrope.checkpoint.Provenance;
import io.zoetrope.checkpoint.keys.MotionModuleKeys;
import io.zoetrope.checkpoint.lora.LoraDialect;
import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.error.UserError;
import io.zoetrope.network.unet.Inflation;
import io.zoetrope.network.unet.UNetConfig;
import io.zoetrope.nn.Lora;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.pipeline.family.LoraChoice;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.family.MotionAdapter;
import io.zoetrope.pipeline.family.TinyStableDiffusion;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import io.zoetrope.train.TrainingListener;
import io.zoetrope.train.run.TrainingRun;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a training writes is read again, to the bit, and says where it comes from. */
class WrittenFilesTest {
  @TempDir Path folder;

  private Path run(Path base, String parts, String more) {
    String text =
        """
        {name: r, seed: 3, steps: 2, batch: 1, precision: f32, optimizer: {lr: 2e-2}, ema: 0.0,
         checkpoint: {every: 100}, sample: {every: 0},
         data: {kind: toybox, width: 64, height: 64, frames: 2},
         objective: {kind: adapt, base: {model: '%s'}, parts: %s, clips: 2%s}}
        """
            .formatted(base, parts, more);
    return TrainingRun.run(
            Methods.ALL.parse("r", text, List.of()),
            text,
            folder.resolve("runs"),
            false,
            TrainingListener.NONE)
        .product();
  }

  private Path image() {
    return TinyStableDiffusion.write(folder.resolve("still"), ScalarType.Float);
  }

  private Path video() throws IOException {
    Path directory = TinyStableDiffusion.write(folder.resolve("moving"), ScalarType.Float);
    TinyStableDiffusion.addMotion(directory);
    return directory;
  }

  private SafetensorsFile checkpoint() {
    return Safetensors.open(folder.resolve("runs/r/checkpoints/step-000002/model.safetensors"));
  }

  private static float[] answer(ModelChoice choice) {
    try (VideoModel model = VideoModel.load(choice)) {
      return Scopes.value(() ->
          Scopes.noGrad(() -> {
            try (RandomStream random = new RandomStreams(1).stream("z")) {
              Tensor z = random.normal(1, 4, 2, 8, 8);
              Conditioning words =
                  model.text().orElseThrow().condition(List.of("a red ball")).asTextsOf(1);
              return Tensors.toFloats(model.network().predict(z, Tensors.full(500, 1, 2), words));
            }
          }));
    }
  }

  /** Names and sizes of a committed list: see reference/make_written.py. */
  private static Map<String, List<Long>> listed(String name) throws IOException {
    Path file = TinyStableDiffusion.resource("reference/written/" + name + ".txt.gz");
    Map<String, List<Long>> shapes = new TreeMap<>();
    try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
      new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .map(line -> line.split(" ", -1))
          .forEach(
              word -> shapes.put(word[0], Arrays.stream(word).skip(1).map(Long::valueOf).toList()));
    }
    return shapes;
  }

  private static Map<String, List<Long>> shapes(Map<String, Tensor> tensors) {
    Map<String, List<Long>> shapes = new TreeMap<>();
    tensors.forEach(
        (name, tensor) -> shapes.put(name, Arrays.stream(Tensors.shape(tensor)).boxed().toList()));
    return shapes;
  }

  /** Stable Diffusion 1.5 with motion modules, as names and sizes. */
  private static ParameterStore full() {
    ParameterStore store = ParameterStore.blueprint();
    UNetConfig.size("sd15").inflated(Inflation.ANIMATEDIFF).build(store.root());
    return store;
  }

  @Test
  void filesOfFullSizeHaveTheListedNamesAndSizes() throws IOException {
    try (ParameterStore store = full()) {
      Map<String, Tensor> motion = new LinkedHashMap<>(store.parameters());
      motion.keySet().removeIf(name -> !name.contains("motion_modules."));
      assertThat(shapes(motion)).isEqualTo(listed("motion-adapter"));
      assertThat(shapes(MotionModuleKeys.toOriginal(motion))).isEqualTo(listed("motion-module"));
      assertThat(updates(store, 64, true, LoraDialect.MOTION_LORA))
          .isEqualTo(listed("motion-lora"));
      assertThat(updates(store, 8, false, LoraDialect.KOHYA)).isEqualTo(listed("kohya"));
    }
  }

  private static Map<String, List<Long>> updates(
      ParameterStore store, int rank, boolean motion, LoraDialect dialect) {
    return Scopes.value(() -> {
      SequencedMap<String, Lora.Update> updates = new LinkedHashMap<>();
      store
          .parameters()
          .forEach((name, weight) -> {
            if (name.matches(".*\\.to_\\w+(\\.0)?\\.weight")
                && name.contains("motion_modules.") == motion) {
              updates.put(
                  name.replace(".weight", ""),
                  new Lora.Update(
                      Tensors.zeros(1).expand(rank, weight.size(1)),
                      Tensors.zeros(1).expand(weight.size(0), rank),
                      1));
            }
          });
      return shapes(dialect.tensors("unet", new Lora(updates)));
    });
  }

  private static void assertSame(Tensor actual, Tensor expected) {
    assertThat(Tensors.toBytes(actual)).isEqualTo(Tensors.toBytes(expected));
  }

  @Test
  void aLoraIsWrittenByTwoNames() {
    Path base = image();
    Path product =
        run(
            base,
            "[{kind: lora, name: look, rank: 2, alpha: 3, targets: [attention, '*conv1'],"
                + " formats: [peft, kohya]}]",
            ", triggers: [zog]");
    Path kohya = product.resolve("look-kohya.safetensors");
    Path peft = product.resolve("look-peft.safetensors");
    try (SafetensorsFile written = Safetensors.open(kohya);
        SafetensorsFile other = Safetensors.open(peft);
        SafetensorsFile learned = checkpoint()) {
      assertThat(written.entries()).hasSize(learned.entries().size() / 2 * 3);
      String layer = "mid_block.attentions.0.transformer_blocks.0.attn1.to_out.0";
      String flat = "lora_unet_mid_block_attentions_0_transformer_blocks_0_attn1_to_out_0";
      assertSame(
          written.tensor(flat + ".lora_down.weight"),
          learned.tensor("look." + layer + ".lora_A.weight"));
      assertSame(
          written.tensor(flat + ".lora_up.weight"),
          learned.tensor("look." + layer + ".lora_B.weight"));
      assertThat(Tensors.toFloats(written.tensor(flat + ".alpha"))).containsExactly(3);
      assertThat(written.tensor(flat + ".alpha").dim()).isZero();
      assertThat(Tensors.toFloats(other.tensor("unet." + layer + ".lora_B.weight")))
          .isEqualTo(
              Scopes.value(() ->
                  Tensors.toFloats(
                      learned.tensor("look." + layer + ".lora_B.weight").mul(new Scalar(1.5)))));
      assertThat(written.metadata())
          .containsEntry("ss_network_module", "networks.lora")
          .containsEntry("ss_network_dim", "2")
          .containsEntry("ss_network_alpha", "3.0");
      for (SafetensorsFile file : List.of(written, other)) {
        assertThat(file.metadata())
            .containsEntry("zoetrope.kind", "lora")
            .containsEntry("zoetrope.method", "adapt")
            .containsEntry("zoetrope.base", "still")
            .containsEntry("zoetrope.prediction", "eps")
            .containsEntry("zoetrope.schedule", "scaled_linear 8.5E-4-0.012")
            .containsEntry("zoetrope.frames", "2")
            .containsEntry("zoetrope.stride", "1")
            .containsEntry("zoetrope.rank", "2")
            .containsEntry("zoetrope.alpha", "3.0")
            .containsEntry("zoetrope.trigger_words", "zog")
            .containsEntry("zoetrope.steps", "2")
            .hasEntrySatisfying("zoetrope.recipe", digest -> assertThat(digest).hasSize(64))
            .hasEntrySatisfying(
                "zoetrope.base_print",
                print -> assertThat(print).matches("[0-9a-f]{8}-[0-9a-f]{8}"));
      }
    }
    ModelChoice bare = ModelChoice.of(base, "f32");
    float[] first = answer(bare.withLoras(List.of(new LoraChoice(kohya, 1))));
    assertThat(first).isNotEqualTo(answer(bare));
    assertThat(answer(bare.withLoras(List.of(new LoraChoice(peft, 1)))))
        .usingComparatorWithPrecision(1e-5f)
        .containsExactly(first);
  }

  @Test
  void motionModulesAreWrittenAsAFileAndAsAFolder() throws IOException {
    Path product =
        run(
            video(),
            "[{kind: weights, name: motion, names: ['*motion_modules.*'],"
                + " formats: [motion-module, motion-adapter, plain]}]",
            "");
    Path file = product.resolve("motion-motion-module.safetensors");
    Path adapter = product.resolve("motion-motion-adapter");
    try (SafetensorsFile original = Safetensors.open(file);
        SafetensorsFile learned = checkpoint();
        MotionAdapter again = MotionAdapter.open(file);
        MotionAdapter other = MotionAdapter.open(adapter)) {
      assertThat(learned.entries().keySet()).noneMatch(name -> name.endsWith(".pe"));
      assertThat(original.entries().keySet())
          .contains(
              "down_blocks.0.motion_modules.0.temporal_transformer.transformer_blocks.0."
                  + "attention_blocks.1.pos_encoder.pe");
      learned
          .tensors()
          .forEach((name, tensor) -> {
            String key = name.substring("motion.".length());
            assertSame(Objects.requireNonNull(again.tensors().get(key)), tensor);
            assertSame(Objects.requireNonNull(other.tensors().get(key)), tensor);
          });
      assertThat(again.tensors().keySet()).isEqualTo(other.tensors().keySet());
      assertThat(original.metadata()).containsEntry("zoetrope.kind", "weights");
    }
    assertThat(Component.diffusion(adapter).className()).isEqualTo("MotionAdapter");
    assertThat(Provenance.read(Component.diffusion(adapter).weights()).get("frames")).contains("2");
    ModelChoice still = ModelChoice.of(image(), "f32");
    float[] answer = answer(still.withMotion(Optional.of(file)));
    assertThat(answer(still.withMotion(Optional.of(adapter)))).isEqualTo(answer);
    assertThat(answer(ModelChoice.of(folder.resolve("moving"), "f32"))).isNotEqualTo(answer);
  }

  @Test
  void aMotionLoraHasItsStrengthInIt() throws IOException {
    Path base = video();
    Path product =
        run(
            base,
            "[{kind: lora, name: pan, rank: 2, alpha: 4, targets: [time-attention],"
                + " formats: [motion-lora, peft]}]",
            "");
    Path motion = product.resolve("pan-motion-lora.safetensors");
    try (SafetensorsFile written = Safetensors.open(motion)) {
      assertThat(written.entries().keySet())
          .allMatch(name ->
              name.matches(
                  "(down|up)_blocks\\.\\d\\.motion_modules\\.\\d\\.temporal_transformer"
                      + "\\.transformer_blocks\\.0\\.attention_blocks\\.[01]\\.processor"
                      + "\\.to_(q|k|v|out)_lora\\.(down|up)\\.weight"))
          .noneMatch(name -> name.endsWith("alpha"));
    }
    ModelChoice bare = ModelChoice.of(base, "f32");
    float[] first = answer(bare.withLoras(List.of(new LoraChoice(motion, 1))));
    assertThat(first).isNotEqualTo(answer(bare));
    assertThat(
            answer(
                bare.withLoras(
                    List.of(new LoraChoice(product.resolve("pan-peft.safetensors"), 1)))))
        .isEqualTo(first);
  }

  /** A line where a file meets another base, and none where it meets its own. */
  @Test
  void aFileSaysThatItMeetsAnotherBase() throws IOException {
    Path product =
        run(
            video(),
            "[{kind: lora, name: look, rank: 1, targets: [image-attention]},"
                + "{kind: weights, name: motion, names: ['*motion_modules.*'],"
                + " formats: [motion-module]}]",
            ", schedule: {name: linear, betas: [0.0009, 0.012]}");
    ModelChoice own =
        ModelChoice.of(image(), "f32")
            .withLoras(List.of(new LoraChoice(product.resolve("look.safetensors"), 1)));
    try (VideoModel model = VideoModel.load(own)) {
      assertThat(model.strangers()).isEmpty();
    }
    Path half = TinyStableDiffusion.write(folder.resolve("half"), ScalarType.Half);
    try (VideoModel model = VideoModel.load(ModelChoice.of(half, "bf16").withLoras(own.loras()))) {
      assertThat(model.strangers()).as("the same in another number form").isEmpty();
    }
    try (VideoModel model =
        VideoModel.load(own.withMotion(Optional.of(product.resolve("motion.safetensors"))))) {
      assertThat(model.strangers())
          .singleElement()
          .asString()
          .isEqualTo(
              "motion.safetensors was trained on the noise schedule linear 9.0E-4-0.012, this model"
                  + " runs linear 8.5E-4-0.012: what it makes may look washed out");
    }
    Path other = folder.resolve("still/unet/diffusion_pytorch_model.safetensors");
    Map<String, Tensor> changed = new LinkedHashMap<>();
    Scopes.run(() -> {
      try (SafetensorsFile file = Safetensors.open(other)) {
        file.tensors().forEach((name, tensor) -> changed.put(name, tensor.neg()));
        Safetensors.write(other.resolveSibling("x.safetensors"), changed, Map.of());
      }
    });
    Files.move(other.resolveSibling("x.safetensors"), other, StandardCopyOption.REPLACE_EXISTING);
    try (VideoModel model = VideoModel.load(own)) {
      assertThat(model.strangers())
          .singleElement()
          .asString()
          .startsWith("look.safetensors was trained on moving (")
          .contains("; this model has other weights (");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "{kind: lora, formats: [motion-lora]}|a MotionLoRA updates attentions of motion modules",
        "{kind: weights, names: [conv_in.*], formats: [motion-module]}|'conv_in.weight' is none",
        "{kind: weights, names: [conv_in.*], formats: [motion-adapter]}|'conv_in.weight' is none",
        "{kind: lora, formats: [kohia]}|must be one of peft, kohya, motion-lora, is 'kohia'",
        "{kind: lora, formats: []}|formats must name something",
        "{kind: lora, alpha: 0}|alpha must be above 0 and at most 1000000, is 0.0",
      })
  void whatCannotBeWrittenIsSaidBeforeItIsLearned(String part, String why) {
    Path base = image();
    assertThatThrownBy(() -> run(base, "[" + part + "]", ""))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(why);
    assertThat(folder.resolve("runs/r/checkpoints/step-000002")).doesNotExist();
  }
}
