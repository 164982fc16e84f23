package io.zoetrope.pipeline.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.Parity;
import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import io.zoetrope.error.UserError;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.TextToVideo;
import io.zoetrope.pipeline.family.LoraChoice;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.family.ModelIndex;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every folder of {@code reference/cases}: what goes in, and what the reference makes of it. */
class ReferenceCasesTest {
  private static final Path CASES = cases();

  private static Path cases() {
    try {
      return Path.of(
          Objects.requireNonNull(ReferenceCasesTest.class.getResource("/reference/cases")).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  static Stream<String> names() throws IOException {
    try (Stream<Path> folders = Files.list(CASES)) {
      return folders
          .filter(Files::isDirectory)
          .map(folder -> String.valueOf(folder.getFileName()))
          .sorted()
          .toList()
          .stream();
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void isTheReferences(String name) throws IOException {
    Path folder = CASES.resolve(name);
    if (!Files.exists(folder.resolve("expected.safetensors"))) {
      assertThatThrownBy(() -> make(folder))
          .isInstanceOf(UserError.class)
          .hasMessageContaining(text(folder, "expect-refusal", ""));
      return;
    }
    double mark = Double.parseDouble(text(folder, "tolerance", "1e-5"));
    Scopes.run(() -> {
      Map<String, Tensor> made = make(folder);
      try (SafetensorsFile file = Safetensors.open(folder.resolve("expected.safetensors"))) {
        assertThat(made.keySet()).containsAll(file.tensors().keySet());
        file.tensors()
            .forEach((key, expected) -> {
              Tensor ours = Objects.requireNonNull(made.get(key));
              assertThat(Tensors.shape(ours)).as(key).isEqualTo(Tensors.shape(expected));
              assertThat(Parity.distance(ours, expected)).as(key).isLessThanOrEqualTo(mark);
            });
      }
    });
  }

  private static String text(Path folder, String file, String otherwise) {
    try {
      Path path = folder.resolve(file);
      return Files.exists(path) ? Files.readString(path).strip() : otherwise;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Map<String, Tensor> make(Path folder) {
    String component = text(folder, "component", "");
    try (SafetensorsFile inputs = Safetensors.open(folder.resolve("inputs.safetensors"))) {
      return component.equals("generate")
          ? generate(folder, inputs.tensor("noise"))
          : Probe.of(component).run(folder.resolve("model"), Precision.F32, inputs.tensors());
    }
  }

  private static Map<String, Tensor> generate(Path folder, Tensor start_BCFHW) {
    List<String> args = text(folder, "args", "").lines().toList();
    Map<String, String> options = new HashMap<>();
    for (int i = 1; i + 1 < args.size(); i += 2) {
      options.put(args.get(i), args.get(i + 1).replace("@/", folder + "/"));
    }
    ModelChoice choice =
        ModelChoice.of(folder.resolve("model"), "f32")
            .withMotion(Optional.ofNullable(options.get("--motion-adapter")).map(Path::of))
            .withLoras(
                Stream.ofNullable(options.get("--lora"))
                    .map(lora -> new LoraChoice(Path.of(lora.replaceFirst(":1.0$", "")), 1))
                    .toList());
    try (VideoModel model = VideoModel.load(choice)) {
      ModelIndex.Defaults usual = model.defaults();
      String[] size = options.getOrDefault("--size", "16x16").split("x", -1);
      VideoRequest request =
          new VideoRequest(
              args.getFirst(),
              options.getOrDefault("--negative", ""),
              0,
              Integer.parseInt(size[0]),
              Integer.parseInt(size[1]),
              Integer.parseInt(options.getOrDefault("--frames", "1")),
              8,
              Integer.parseInt(options.getOrDefault("--steps", "2")),
              Double.parseDouble(options.getOrDefault("--guidance", "2")),
              usual.sampler());
      Engine engine =
          new Engine(model)
              .withNoise(noise ->
                  noise.with((use, draw, clip, frame) ->
                      use.equals("start")
                          ? Optional.of(start_BCFHW.select(0, clip).select(1, frame))
                          : Optional.empty()));
      return Map.of(
          "latents", new TextToVideo(engine).latents(List.of(request), Progress.NONE).clone());
    }
  }
}
