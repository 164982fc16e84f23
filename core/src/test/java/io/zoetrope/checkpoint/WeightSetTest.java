package io.zoetrope.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Shards and variants, under the names that diffusers and transformers give them. */
class WeightSetTest {
  private static final String BASE = "model.safetensors";

  @TempDir Path folder;

  private void weights(String file, String tensor, double value) {
    Safetensors.write(folder.resolve(file), Map.of(tensor, Tensors.full(value, 2)), Map.of());
  }

  private double value(Optional<String> variant, String tensor) {
    try (WeightSet set = WeightSet.open(folder, BASE, variant)) {
      return Tensors.toFloats(set.tensor(tensor))[0];
    }
  }

  private static String map(String... pairs) {
    StringBuilder out = new StringBuilder("{\"metadata\":{\"total_size\":16},\"weight_map\":{");
    for (int i = 0; i < pairs.length; i += 2) {
      out.append(i == 0 ? "" : ",").append("\"%s\":\"%s\"".formatted(pairs[i], pairs[i + 1]));
    }
    return out.append("}}").toString();
  }

  private Path index(String json) throws IOException {
    return Files.writeString(folder.resolve("model.safetensors.index.json"), json);
  }

  @Test
  void shardsAreOneSet() throws IOException {
    weights("model-00001-of-00002.safetensors", "a", 1);
    weights("model-00002-of-00002.safetensors", "b", 2);
    assertThatThrownBy(() -> value(Optional.empty(), "a"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("but not their index model.safetensors.index.json");
    index(map("a", "model-00001-of-00002.safetensors", "b", "model-00002-of-00002.safetensors"));
    try (WeightSet set = WeightSet.open(folder, BASE, Optional.empty())) {
      assertThat(set.tensors()).containsOnlyKeys("a", "b");
      assertThat(set.entries()).containsOnlyKeys("a", "b");
      assertThat(set.files()).hasSize(2);
      assertThat(Tensors.toFloats(set.tensor("b"))).containsOnly(2);
      assertThatThrownBy(() -> set.tensor("c")).hasMessageContaining("has no tensor 'c'");
    }
  }

  @Test
  void whatIndexAndShardsDisagreeAboutIsNamed() throws IOException {
    weights("model-00001-of-00002.safetensors", "a", 1);
    weights("model-00002-of-00002.safetensors", "b", 2);
    String one = "model-00001-of-00002.safetensors";
    String two = "model-00002-of-00002.safetensors";
    refuses(map("a", one, "b", "model-3.safetensors"), "model-3.safetensors: ", "1 of 2 tensors");
    refuses(map("a", one, "c", two), two + " has no tensor 'c'");
    refuses(map("a", one, "b", two, "c", two), two + " has no tensor 'c'");
    refuses(map("a", one, "b", one), one + " has no tensor 'b'");
    Safetensors.write(
        folder.resolve(two), Map.of("b", Tensors.zeros(1), "z", Tensors.zeros(1)), Map.of());
    refuses(map("a", one, "b", two), two + " has a tensor 'z'");
    refuses(map("a", "../x.safetensors"), "no safetensors file beside the index");
    refuses(map("a", "/x.safetensors"), "no safetensors file beside the index");
    refuses(map("a", "x.bin"), "no safetensors file beside the index");
    refuses("{\"weight_map\":{\"a\":1}}", "'a' has no file name");
    refuses("{\"weight_map\":{}}", "it has no weight_map");
    refuses("[]", "it has no weight_map");
    refuses("{", "not JSON");
    refuses(map("a", one, "a", two), "not JSON: Duplicate");
    Files.write(folder.resolve(two), new byte[20]);
    refuses(map("a", one, "b", two), two + " is a download that broke off");
  }

  private void refuses(String json, String... causes) throws IOException {
    Path index = index(json);
    assertThatThrownBy(() -> WeightSet.open(index))
        .isInstanceOf(UserError.class)
        .hasMessageContainingAll(causes)
        .matches(e -> String.valueOf(e.getMessage()).lines().count() == 1);
  }

  @Test
  void variantsAreChosenByName() throws IOException {
    weights("model.fp16.safetensors", "a", 16);
    assertThat(value(Optional.empty(), "a")).as("the only one").isEqualTo(16);
    weights("model.bf16-00001-of-00001.safetensors", "a", 8);
    Files.writeString(
        folder.resolve("model.safetensors.index.bf16.json"),
        map("a", "model.bf16-00001-of-00001.safetensors"));
    assertThatThrownBy(() -> value(Optional.empty(), "a"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("several variants only: choose one of [bf16, fp16]");
    weights("model.safetensors", "a", 32);
    weights("model_ema.safetensors", "a", 0);
    weights("model.non_ema.safetensors", "a", 4);
    assertThat(value(Optional.empty(), "a")).isEqualTo(32);
    assertThat(value(Optional.of("fp16"), "a")).isEqualTo(16);
    assertThat(value(Optional.of("bf16"), "a")).isEqualTo(8);
    assertThat(value(Optional.of("non_ema"), "a")).isEqualTo(4);
    assertThatThrownBy(() -> value(Optional.of("fp8"), "a"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("no variant 'fp8' of model.safetensors: choose one of [bf16, fp16");
  }

  @Test
  void whatIsNotThereIsNamed() {
    assertThatThrownBy(() -> value(Optional.empty(), "a"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(folder.resolve(BASE) + ", nor an index of shards");
    weights("model.safetensors", "a", 1);
    assertThatThrownBy(() -> value(Optional.of("fp16"), "a"))
        .hasMessageContaining("it has no variants, ask for none");
    assertThatThrownBy(() -> WeightSet.open(folder.resolve("no"), BASE, Optional.empty()))
        .hasMessageContaining("there is no folder");
  }
}
