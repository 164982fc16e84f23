package io.zoetrope.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import io.zoetrope.diffusion.PromptCues;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.pipeline.order.FileSink;
import io.zoetrope.pipeline.order.GenerateSpec;
import io.zoetrope.pipeline.order.ModelRef;
import io.zoetrope.pipeline.order.NoiseFile;
import io.zoetrope.pipeline.order.RollSpec;
import io.zoetrope.pipeline.order.SourceRef;
import io.zoetrope.pipeline.order.Sources;
import io.zoetrope.pipeline.order.Studio;
import io.zoetrope.pipeline.order.TaskSpec;
import io.zoetrope.pipeline.order.Tuning;
import io.zoetrope.pipeline.order.VideoOrder;
import io.zoetrope.pipeline.order.Wish;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Numbers that overflowed are no black picture: they end the order, in one line. */
class NotFiniteTest {
  @TempDir Path folder;

  private Path model() {
    return TinyModel.write(folder.resolve("model"));
  }

  /** Rewrites a part of the model with one number changed; which weight it is of. */
  private static String poison(Path part, double value, ScalarType dtype) throws IOException {
    Path file;
    try (Stream<Path> all = Files.list(part)) {
      file = all.filter(f -> f.toString().endsWith(".safetensors")).findFirst().orElseThrow();
    }
    return Scopes.value(() -> {
      Map<String, Tensor> weights = new LinkedHashMap<>();
      try (SafetensorsFile open = Safetensors.open(file)) {
        open.tensors().forEach((name, t) -> weights.put(name, t.to(dtype).clone()));
      }
      String name =
          weights.keySet().stream().filter(n -> n.endsWith(".weight")).findFirst().orElseThrow();
      Tensor weight = Objects.requireNonNull(weights.get(name));
      weight.flatten().narrow(0, 0, 1).fill_(new Scalar(value));
      Safetensors.write(file, weights, Map.of());
      return name;
    });
  }

  private UserError fails(TaskSpec task) {
    VideoOrder order =
        new VideoOrder(
            task,
            Wish.of("a red ball").withSeed(3).withSteps(3).withFrames(6),
            ModelRef.of(folder.resolve("model").toString()),
            Tuning.NONE);
    UserError error =
        catchThrowableOfType(
            UserError.class,
            () ->
                Studio.make(
                    order,
                    Sources.in(folder),
                    FileSink.of(folder.resolve("out.mp4")),
                    Progress.NONE));
    assertThat(error.fault()).isEqualTo(Fault.NOT_FINITE);
    assertThat(error.getMessage()).doesNotContain("\n");
    assertThat(folder.resolve("out.mp4")).doesNotExist();
    return error;
  }

  @Test
  void aMappedWeightIsNamedAfterTheFirstStep() throws IOException {
    String name = poison(model().resolve("transformer"), Double.NaN, ScalarType.Float);
    UserError error = fails(GenerateSpec.usual());
    assertThat(error.reason())
        .startsWith("the latents after step 1 of 3 are not finite numbers")
        .contains("transformer weight '" + name + "'", ".safetensors");
    assertThat(error.mend().text()).contains("another");
  }

  @Test
  void aVideoWithoutEndStopsLikewise() throws IOException {
    poison(model().resolve("transformer"), Double.POSITIVE_INFINITY, ScalarType.Float);
    UserError error = fails(new RollSpec(PromptCues.single(), Optional.of(6), 2));
    assertThat(error.reason()).startsWith("the latents after step 1 ").contains("transformer");
  }

  @Test
  void whatIsConvertedIsNamedWhenItIsLoaded() throws IOException {
    String name = poison(model().resolve("transformer"), Double.NEGATIVE_INFINITY, ScalarType.Half);
    UserError error = fails(GenerateSpec.usual());
    assertThat(error.reason())
        .contains("weight '" + name + "' are not finite")
        .contains(".safetensors");
  }

  @Test
  void aReaderOfPromptsIsNamed() throws IOException {
    poison(model().resolve("text_encoder"), Double.NaN, ScalarType.Float);
    assertThat(fails(GenerateSpec.usual()).reason()).contains("text_encoder weight '");
  }

  /** Finite weights whose products are not: there is no file to blame. */
  @Test
  void overflowSaysWhatToTry() throws IOException {
    poison(model().resolve("transformer"), 3e38, ScalarType.Float);
    UserError error = fails(GenerateSpec.usual());
    assertThat(error.reason()).isEqualTo("the latents after step 1 of 3 are not finite numbers");
    assertThat(error.mend().text()).isEqualTo("try less guidance, or another value of the sampler");
  }

  /** Most of the work was done: latents stay, in a file that the error names. */
  @Test
  void whatCannotBeDecodedIsKept() throws IOException {
    String name = poison(model().resolve("vae"), Double.NaN, ScalarType.Float);
    UserError error = fails(GenerateSpec.usual());
    Path kept = folder.resolve("out.mp4.latents.safetensors");
    assertThat(error.reason())
        .startsWith("the decoded pixels are not finite numbers")
        .contains("vae weight '" + name + "'");
    assertThat(error.mend().text()).endsWith("the latents are kept in '" + kept + "'");
    try (SafetensorsFile file = Safetensors.open(kept)) {
      assertThat(Tensors.shape(file.tensor("latents"))).containsExactly(1, 4, 6, 4, 4);
    }
  }

  @Test
  void noiseOfAFileIsNamed() {
    model();
    Path noise = folder.resolve("noise.safetensors");
    Scopes.run(() ->
        Safetensors.write(
            noise, Map.of("noise", Tensors.full(Double.NaN, 1, 4, 6, 4, 4)), Map.of()));
    NoiseFile given = new NoiseFile(SourceRef.of(noise), NoiseFile.Layout.CFHW);
    UserError error =
        fails(new GenerateSpec(Optional.empty(), Optional.empty(), Optional.of(given)));
    assertThat(error.reason()).contains("noise.safetensors are not finite numbers");
    assertThat(List.of(error.mend())).isNotEmpty();
  }
}
