package io.zoetrope.checkpoint.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.error.UserError;
import io.zoetrope.nn.Attention;
import io.zoetrope.nn.Conv2d;
import io.zoetrope.nn.Init;
import io.zoetrope.nn.LoraStack;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.nn.Parameters;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** LoRAs of all dialects on a little network with the names of a U-Net and of a text encoder. */
class LoraFileTest {
  private static final String ATTENTION = "down_blocks.0.attentions.0.transformer_blocks.0.attn1.";
  private static final String MOTION = "down_blocks.0.motion_modules.0.transformer_blocks.0.attn2.";
  private static final String WORDS = "text_model.encoder.layers.0.self_attn.q_proj";
  private static final RandomStreams STREAMS = new RandomStreams(5);

  @TempDir Path folder;

  private final ParameterStore unet = ParameterStore.forInference(Map.of(), Precision.F32);
  private final ParameterStore text = ParameterStore.forInference(Map.of(), Precision.F32);
  private Net net = new Net(unet.root());

  private record Net(Attention attention, Attention motion, Conv2d wide, Conv2d point) {
    Net(Parameters p) {
      this(
          attention(p, ATTENTION),
          attention(p, MOTION),
          Conv2d.of(at(p, "down_blocks.0.resnets.0.conv1"), 4, 6, 3, 2, Init.xavier()),
          Conv2d.of(at(p, "down_blocks.0.attentions.0.proj_in"), 6, 8, 1, 1, Init.xavier()));
    }

    private static Attention attention(Parameters p, String name) {
      return Attention.plain(at(p, name.substring(0, name.length() - 1)), 8, 8, 2, Init.xavier());
    }

    private static Parameters at(Parameters root, String name) {
      Parameters place = root;
      for (String part : name.split("\\.", -1)) {
        place = place.at(part);
      }
      return place;
    }

    float[] run() {
      return Scopes.value(() -> {
        Tensor x = point.forward(wide.forward(noise("x", 2, 4, 7, 5)));
        Tensor tokens = x.flatten(2, -1).transpose(1, 2);
        Tensor y = attention.self(tokens, Optional.empty(), Optional.empty());
        return Tensors.toFloats(motion.self(y, Optional.empty(), Optional.empty()));
      });
    }
  }

  private static Tensor noise(String name, long... shape) {
    try (RandomStream random = STREAMS.stream(name)) {
      return Scopes.keep(random.normal(shape));
    }
  }

  @BeforeEach
  void build() {
    Net.at(text.root(), WORDS).weight("weight", Init.xavier(), 8, 8);
  }

  @AfterEach
  void free() {
    unet.close();
    text.close();
  }

  private LoraTargets targets(LoraStack unetStack, LoraStack textStack) {
    return new LoraTargets().denoiser(unetStack).textEncoder(textStack);
  }

  /**
   * Layer by layer: down and up, of rank 3, and of a convolution 3x3, a point-wise one, linears.
   */
  private static Map<String, Tensor> updates() {
    Map<String, Tensor> all = new LinkedHashMap<>();
    for (String to : List.of("to_q", "to_k", "to_v", "to_out.0")) {
      for (String layer : List.of(ATTENTION + to, MOTION + to)) {
        all.put(layer + "/down", noise(layer + "d", 3, 8));
        all.put(layer + "/up", noise(layer + "u", 8, 3));
      }
    }
    all.put("down_blocks.0.resnets.0.conv1/down", noise("cd", 3, 4, 3, 3));
    all.put("down_blocks.0.resnets.0.conv1/up", noise("cu", 6, 3, 1, 1));
    all.put("down_blocks.0.attentions.0.proj_in/down", noise("pd", 3, 6, 1, 1));
    all.put("down_blocks.0.attentions.0.proj_in/up", noise("pu", 8, 3, 1, 1));
    all.put("T:" + WORDS + "/down", noise("td", 3, 8));
    all.put("T:" + WORDS + "/up", noise("tu", 8, 3));
    return all;
  }

  /** The file of a dialect; {@code alpha} is the strength for rank 3 where it can say one. */
  private Path write(String dialect, double alpha) throws IOException {
    Map<String, Tensor> out = new LinkedHashMap<>();
    Map<String, String> metadata = new LinkedHashMap<>();
    updates()
        .forEach((key, tensor) -> {
          boolean words = key.startsWith("T:");
          boolean down = key.endsWith("/down");
          String layer = key.substring(words ? 2 : 0, key.lastIndexOf('/'));
          Tensor scaled = down ? tensor : Ops.mul(tensor, alpha / 3);
          String network = words ? "text_encoder." : "unet.";
          switch (dialect) {
            case "kohya" -> {
              String flat = (words ? "lora_te_" : "lora_unet_") + layer.replace('.', '_');
              out.put(flat + (down ? ".lora_down.weight" : ".lora_up.weight"), tensor);
              out.put(flat + ".alpha", Tensors.full(alpha));
            }
            case "peft" -> {
              if (!words) {
                out.put(
                    "base_model.model." + layer + (down ? ".lora_A.weight" : ".lora_B.weight"),
                    tensor);
              }
            }
            case "diffusers" ->
                out.put(network + layer + (down ? ".lora_A.weight" : ".lora_B.weight"), scaled);
            case "diffusers-metadata" ->
                out.put(network + layer + (down ? ".lora_A.weight" : ".lora_B.weight"), tensor);
            case "diffusers-dotted" ->
                out.put(
                    network
                        + layer
                        + (words ? ".lora_linear_layer." : ".lora.")
                        + (down ? "down.weight" : "up.weight"),
                    scaled);
            case "diffusers-old" -> {
              String old =
                  layer
                      .replace("to_out.0", "to_out")
                      .replaceAll("\\.(to_\\w+)$", ".processor.$1_lora")
                      .replaceAll("q_proj$", "to_q_lora");
              boolean lora = old.endsWith("_lora");
              out.put(
                  network + old + (lora ? "" : ".lora") + (down ? ".down" : ".up") + ".weight",
                  scaled);
            }
            default -> throw new IllegalArgumentException(dialect);
          }
        });
    if (dialect.equals("diffusers-metadata")) {
      metadata.put(
          "lora_adapter_metadata",
          "{\"unet.r\": 3, \"unet.lora_alpha\": 99, \"unet.alpha_pattern\": {\"attn.*\": %s,"
                  .formatted(alpha)
              + "\"down_blocks.0.resnets.0.conv1\": %s, \"proj_in\": %s},".formatted(alpha, alpha)
              + "\"text_encoder.r\": 3, \"text_encoder.lora_alpha\": %s}".formatted(alpha));
    }
    Path place = Files.createDirectories(folder.resolve(dialect));
    if (dialect.equals("peft")) {
      Files.writeString(
          place.resolve("adapter_config.json"),
          "{\"peft_type\": \"LORA\", \"r\": 3, \"lora_alpha\": %s}".formatted(alpha));
    }
    Path file =
        place.resolve(dialect.equals("peft") ? "adapter_model.safetensors" : "a.safetensors");
    Safetensors.write(file, out, metadata);
    return file;
  }

  private float[] with(LoraStack stack, LoraStack words, Path file, double scale) {
    try (LoraFile lora = LoraFile.open(file)) {
      LoraReport report = lora.addTo(targets(stack, words), "it", scale);
      assertThat(report.whole()).as(report.line()).isTrue();
      float[] y = net.run();
      stack.close();
      words.close();
      return y;
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"peft", "diffusers", "diffusers-metadata", "diffusers-dotted", "diffusers-old"})
  void everyDialectSaysTheSame(String dialect) throws IOException {
    float[] bare = net.run();
    byte[] words =
        Tensors.toBytes(Objects.requireNonNull(text.parameters().get(WORDS + ".weight")));
    LoraStack stack = LoraStack.merging(unet);
    LoraStack wordsStack = LoraStack.merging(text);
    float[] kohya = with(stack, wordsStack, write("kohya", 1.5), 0.7);
    assertThat(distance(kohya, bare)).isGreaterThan(0.1);
    float[] same = with(stack, wordsStack, write(dialect, 1.5), 0.7);
    assertThat(distance(kohya, same)).isLessThan(1e-6);
    assertThat(net.run()).containsExactly(bare);
    assertThat(Tensors.toBytes(Objects.requireNonNull(text.parameters().get(WORDS + ".weight"))))
        .isEqualTo(words);
  }

  /** Largest difference, over the largest value. */
  private static double distance(float[] a, float[] b) {
    double most = 0;
    double size = 0;
    for (int i = 0; i < a.length; i++) {
      most = Math.max(most, Math.abs(a[i] - b[i]));
      size = Math.max(size, Math.abs(b[i]));
    }
    return most / size;
  }

  @Test
  void besideIsTheSameAsMerged() throws IOException {
    Path file = write("kohya", 1.5);
    float[] bare = net.run();
    float[] merged = with(LoraStack.merging(unet), LoraStack.merging(text), file, 1);
    float[] beside = with(LoraStack.beside(unet), LoraStack.merging(text), file, 1);
    assertThat(distance(beside, merged)).isLessThan(1e-5);
    assertThat(net.run()).containsExactly(bare);
  }

  @Test
  void motionLorasOfAnimateDiffMatchInBothLayouts() {
    Map<String, Tensor> original = new LinkedHashMap<>();
    Map<String, Tensor> converted = new LinkedHashMap<>();
    for (String to : List.of("q", "k", "v", "out")) {
      for (String end : List.of("down", "up")) {
        Tensor t = noise(to + end, end.equals("down") ? 2 : 8, end.equals("down") ? 8 : 2);
        String tail = "processor.to_%s_lora.%s.weight".formatted(to, end);
        original.put(
            "module.down_blocks.0.motion_modules.0.temporal_transformer.transformer_blocks.0"
                + ".attention_blocks.1."
                + tail,
            t);
        converted.put("unet." + MOTION + tail, t);
      }
    }
    List<float[]> outcomes = new ArrayList<>();
    for (Map<String, Tensor> one : List.of(original, converted)) {
      Path file = folder.resolve("motion.safetensors");
      Safetensors.write(file, one, Map.of());
      outcomes.add(with(LoraStack.merging(unet), LoraStack.merging(text), file, 1));
    }
    assertThat(outcomes.get(0)).containsExactly(outcomes.get(1));
    assertThat(distance(outcomes.get(0), net.run())).isGreaterThan(1e-3);
  }

  @Test
  void ranksAreStabilisedWhereTheFileSaysSo() throws IOException {
    Path file = write("peft", 3);
    Files.writeString(
        file.resolveSibling("adapter_config.json"),
        "{\"lora_alpha\": %s, \"use_rslora\": true}".formatted(Math.sqrt(3)));
    float[] stabilised = with(LoraStack.merging(unet), LoraStack.merging(text), file, 1);
    float[] plain = with(LoraStack.merging(unet), LoraStack.merging(text), write("peft", 3), 1);
    assertThat(distance(stabilised, plain)).isLessThan(1e-6);
  }

  @Test
  void whatDoesNotMatchIsCounted() throws IOException {
    Path file = write("kohya", 1);
    LoraStack stack = LoraStack.merging(unet);
    try (LoraFile lora = LoraFile.open(folder.resolve("kohya"))) {
      assertThat(lora.path()).isEqualTo(file);
      LoraReport report = lora.addTo(new LoraTargets().denoiser(stack), "a", 1);
      assertThat(report.used()).isEqualTo(lora.layers() - 1).isEqualTo(10);
      assertThat(report.line())
          .isEqualTo(
              "a.safetensors: 10 of 11 layers used; the model has no"
                  + " 'text_model_encoder_layers_0_self_attn_q_proj'");
      LoraTargets other =
          new LoraTargets().textEncoder(LoraStack.merging(ParameterStore.blueprint()));
      assertThatThrownBy(() -> lora.addTo(other, "a", 1))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("none of its 11 layers is in the model, first 'text_model")
          .hasMessageContaining("made for another model");
      stack.close();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "x.lora_A.weight, 0 8, 8 0, needs [rank",
    "x.lora_A.weight, 2 8, 8 3, of the same rank",
    "x.lora_A.weight, 8, 8 1, needs [rank",
    "x.lora_A.weight, 2 8, 8 2 3 3, needs [rank",
    "x.lora_A.weight, 2 8, -, has no up (B)",
    "down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q.lora_A.weight, 2 9, 8 2, does not"
        + " fit",
    "down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q.lora_A.weight, 2 8, 4 2, does not"
        + " fit",
    "down_blocks.0.resnets.0.conv1.lora_A.weight, 2 4 1 1, 6 2 1 1, does not fit",
    "down_blocks.0.resnets.0.conv1.lora_A.weight, 2 4 1 9, 6 2 1 1, does not fit",
    "x.hada_w1_a, 2 8, -, is of LoHa",
    "x.lokr_w1, 2 8, -, is of LoKr",
    "x.lora_mid.weight, 2 2 3 3, -, in three factors",
    "x.dora_scale, 8 1, -, is of DoRA",
    "x.diff, 8 8, -, none of its 1 layers is in the model",
    "x.w_norm, 8, -, a full update",
    "weight, 8 8, -, it is no LoRA",
  })
  void badUpdatesAreNamed(String name, String down, String up, String cause) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put(name, noise("a", shape(down)));
    if (!up.equals("-")) {
      tensors.put(name.replace("lora_A", "lora_B"), noise("b", shape(up)));
    }
    Path file = folder.resolve("bad.safetensors");
    Safetensors.write(file, tensors, Map.of());
    byte[] before =
        Tensors.toBytes(Objects.requireNonNull(unet.parameters().get(ATTENTION + "to_q.weight")));
    assertThatThrownBy(
            () -> {
              try (LoraFile lora = LoraFile.open(file)) {
                lora.addTo(targets(LoraStack.merging(unet), LoraStack.merging(text)), "a", 1);
              }
            })
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContaining(cause)
        .matches(e -> String.valueOf(e.getMessage()).lines().count() == 1);
    assertThat(
            Tensors.toBytes(
                Objects.requireNonNull(unet.parameters().get(ATTENTION + "to_q.weight"))))
        .isEqualTo(before);
  }

  private static long[] shape(String text) {
    return List.of(text.split(" ", -1)).stream().mapToLong(Long::parseLong).toArray();
  }

  @Test
  void foldersAndDescriptionsThatLackSomething() throws IOException {
    Path peft = write("peft", 1);
    assertThatThrownBy(() -> LoraFile.open(folder)).hasMessageContaining("0 safetensors files");
    Files.writeString(peft.resolveSibling("adapter_config.json"), "{\"peft_type\": \"LOHA\"}");
    assertThatThrownBy(() -> LoraFile.open(peft)).hasMessageContaining("of kind LOHA, not LORA");
    Files.writeString(
        peft.resolveSibling("adapter_config.json"), "{\"lora_alpha\": 1, \"use_dora\": true}");
    assertThatThrownBy(() -> LoraFile.open(peft)).hasMessageContaining("DoRA");
    Files.writeString(peft.resolveSibling("adapter_config.json"), "{}");
    assertThatThrownBy(() -> LoraFile.open(peft)).hasMessageContaining("it has no lora_alpha");
    Files.delete(peft.resolveSibling("adapter_config.json"));
    assertThatThrownBy(() -> LoraFile.open(peft)).hasMessageContaining("how strong the LoRA");
    Path ckpt =
        Files.write(folder.resolve("a.ckpt"), new byte[] {'P', 'K', 3, 4, 9, 9, 9, 9, 9, 9});
    assertThatThrownBy(() -> LoraFile.open(ckpt)).hasMessageContaining("a PyTorch pickle");
  }
}
