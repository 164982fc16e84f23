package io.zoetrope.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.nn.Init;
import io.zoetrope.nn.Linear;
import io.zoetrope.nn.Lora;
import io.zoetrope.nn.LoraStack;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.nn.WeightCount;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.family.Role;
import io.zoetrope.pipeline.family.TinyStableDiffusion;
import io.zoetrope.pipeline.family.TinyWan;
import io.zoetrope.pipeline.model.ModelContents;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Autograd;
import io.zoetrope.torch.PackedTensor;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Models whose weights stay in fewer bits make what the unpacked weights make, to the bit. */
class QuantisedModelTest {
  @TempDir Path folder;

  private Path model(String network, String kind) throws IOException {
    Path model = folder.resolve("packed");
    switch (network) {
      case "dit" -> TinyModel.write(model);
      case "sd" -> TinyStableDiffusion.write(model, ScalarType.Float);
      default -> Files.move(TinyWan.directory(folder.resolve("wan"), network), model);
    }
    if (kind.equals("gguf")) {
      Quantised.gguf(model);
    } else {
      Quantised.fp8(model);
    }
    return model;
  }

  private Path dense(Path packed) throws IOException {
    Path dense = folder.resolve("dense");
    TinyStableDiffusion.copy(packed, dense);
    Quantised.dense(dense);
    return dense;
  }

  private static VideoRequest request(VideoModel model) {
    return VideoRequest.of("a red ball moves right", 3, model.defaults())
        .withFrames(1)
        .withSteps(2)
        .withSize(64, 64);
  }

  private static byte[] made(Path directory, String dtype) {
    try (VideoModel model = VideoModel.load(ModelChoice.of(directory, dtype))) {
      return made(model);
    }
  }

  private static byte[] made(VideoModel model) {
    return Scopes.value(() ->
        Tensors.toBytes(
            new TextToVideo(new Engine(model)).latents(List.of(request(model)), Progress.NONE)));
  }

  private static long packed(VideoModel model, Role<?> role) {
    return model.weights(role).orElseThrow().parameters().values().stream()
        .filter(weight -> PackedTensor.of(weight).isPresent())
        .count();
  }

  @ParameterizedTest
  @CsvSource({
    "dit, gguf, f32",
    "dit, fp8, f32",
    "dit, gguf, bf16",
    "sd, gguf, f32",
    "sd, fp8, f32",
    "sd, fp8, bf16",
    "t2v, fp8, f32",
    "skyreels, fp8, f32"
  })
  void whatIsUnpackedAtEachUseIsWhatWasUnpackedBefore(String network, String kind, String dtype)
      throws IOException {
    Path packed = model(network, kind);
    Path dense = dense(packed);
    try (VideoModel model = VideoModel.load(ModelChoice.of(packed, dtype))) {
      assertThat(packed(model, Role.DENOISER)).isGreaterThan(8);
      assertThat(packed(model, Role.TEXT)).isPositive();
      assertThat(model.reports()).allMatch(report -> report.whole());
      WeightCount count = model.weights(Role.DENOISER).orElseThrow().weights();
      assertThat(count.packed()).isPositive();
      assertThat(count.largest()).isPositive();
      byte[] made = made(model);
      assertThat(made).isEqualTo(made(dense, dtype));
      assertThat(made(model)).isEqualTo(made);
    }
  }

  @Test
  void inspectionCountsBlocks() throws IOException {
    Path packed = model("sd", "gguf");
    assertThat(Quantised.packed(packed)).isPositive();
    ModelContents contents = ModelContents.of(packed);
    ModelContents.Held unet = contents.parts().getFirst();
    assertThat(unet.bytes().keySet()).containsExactly("F32", "Q8_0");
    assertThat(unet.allBytes()).isLessThan(4 * unet.parameters());
    assertThat(unet.report().whole()).isTrue();
  }

  /** A merge would be lost in rounding: updates of packed weights are computed beside them. */
  @Test
  void updatesAreComputedBesidePackedWeights() throws IOException {
    Path packed = model("dit", "gguf");
    Path dense = dense(packed);
    SequencedMap<String, Lora.Update> updates = new LinkedHashMap<>();
    try (VideoModel model = VideoModel.load(ModelChoice.of(packed, "f32"));
        VideoModel other = VideoModel.load(ModelChoice.of(dense, "f32"))) {
      byte[] before = made(model);
      ParameterStore store = model.weights(Role.DENOISER).orElseThrow();
      ParameterStore plain = other.weights(Role.DENOISER).orElseThrow();
      store
          .parameters()
          .forEach((name, weight) -> {
            if (PackedTensor.of(weight).isPresent()) {
              updates.put(
                  name.replaceAll("\\.weight$", ""),
                  new Lora.Update(
                      Scopes.keep(Tensors.full(0.01, 2, weight.size(1))),
                      Scopes.keep(Tensors.full(0.02, weight.size(0), 2)),
                      1));
            }
          });
      LoraStack merging = LoraStack.merging(store);
      merging.put("it", new Lora(updates), 0.5);
      LoraStack.beside(plain).put("it", new Lora(updates), 0.5);
      byte[] updated = made(model);
      assertThat(updated).isNotEqualTo(before).isEqualTo(made(other));
      merging.remove("it");
      assertThat(made(model)).isEqualTo(before);
    }
  }

  @Test
  void theTuningOfACheckpointIsKnownByPackedWeightsToo() throws IOException {
    Path packed = model("dit", "gguf");
    try (VideoModel model = VideoModel.load(ModelChoice.of(packed, "f32"));
        VideoModel other = VideoModel.load(ModelChoice.of(dense(packed), "f32"))) {
      assertThat(model.print()).isEqualTo(other.print());
    }
  }

  /** The only GGUF file of a folder is its weights, whatever it is called. */
  @Test
  void anyNameWillDo() throws IOException {
    Path packed = model("sd", "gguf");
    byte[] made = made(packed, "f32");
    try (Stream<Path> files = Files.list(packed.resolve("unet"))) {
      Path file = files.filter(f -> f.toString().endsWith(".gguf")).findFirst().orElseThrow();
      Files.move(file, file.resolveSibling("my-unet-Q8_0.gguf"));
    }
    assertThat(made(packed, "f32")).isEqualTo(made);
  }

  /** A graph keeps what layers behind it need, though they share the memory they unpack to. */
  @Test
  void gradientsFlowThroughPackedLayers() throws IOException {
    Path packed = model("dit", "gguf");
    try (VideoModel model = VideoModel.load(ModelChoice.of(packed, "f32"));
        VideoModel other = VideoModel.load(ModelChoice.of(dense(packed), "f32"))) {
      assertThat(gradient(model)).isEqualTo(gradient(other));
    }
  }

  private static byte[] gradient(VideoModel model) {
    return Scopes.value(() -> {
      ParameterStore store = model.weights(Role.DENOISER).orElseThrow();
      List<Linear> chain = new ArrayList<>();
      Map<String, Tensor> square = new LinkedHashMap<>();
      store
          .parameters()
          .forEach((name, weight) -> {
            if (name.endsWith("attn1.to_q.weight") || name.endsWith(".to_out.0.weight")) {
              square.put(square.size() + ".weight", weight);
            }
          });
      long width = square.values().iterator().next().size(0);
      assertThat(square.size()).isGreaterThan(2);
      try (ParameterStore own = ParameterStore.forInference(square, Precision.F32)) {
        for (int i = 0; i < square.size(); i++) {
          chain.add(Linear.withoutBias(own.root().at(i), width, width, Init.ZEROS));
        }
        Tensor x = Tensors.full(0.3, 2, width).set_requires_grad(true);
        Tensor y = x;
        for (Linear layer : chain) {
          y = layer.forward(y).tanh();
        }
        return Tensors.toBytes(Autograd.gradient(y.sum(), x, Autograd.Graph.FREED).orElseThrow());
      }
    });
  }
}
