package io.zoetrope.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.Finite;
import io.zoetrope.torch.PackedTensor;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Against what torch makes of the same bytes. */
class Fp8WeightsTest {
  private static final Path FILES = Path.of("src/test/resources/reference/fp8");

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "old, '', scaled_fp8",
    "new, '', comfy_quant",
    "header, '', _quantization_metadata",
    "plain, plain., without scales"
  })
  void eachMarkingGivesTheNumbersOfTheReference(String name, String prefix, String said) {
    Path path = FILES.resolve(name + ".safetensors");
    try (WeightSet weights = WeightSet.open(path);
        WeightFile file = WeightFile.open(path);
        SafetensorsFile dense = Safetensors.open(FILES.resolve("dense.safetensors"))) {
      assertThat(file.marking().orElseThrow()).contains(said);
      assertThat(weights.tensors())
          .containsOnlyKeys(
              "blocks.0.q.weight", "blocks.0.k.weight", "blocks.1.q.weight", "norm.weight");
      Scopes.run(() ->
          weights
              .tensors()
              .forEach((key, weight) -> {
                boolean packed = PackedTensor.of(weight).isPresent();
                assertThat(packed).isEqualTo(key.startsWith("blocks"));
                Tensor expected = dense.tensor(packed ? prefix + key : key);
                assertThat(Tensors.toBytes(PackedTensor.dense(weight, ScalarType.Float)))
                    .as(key)
                    .isEqualTo(Tensors.toBytes(expected));
                assertThat(Tensors.toBytes(Precision.BF16.cast(weight)))
                    .isEqualTo(Tensors.toBytes(expected.to(ScalarType.BFloat16)));
              }));
    }
  }

  /** Also what is no number, by the loop of the processor and by libtorch. */
  @Test
  void everyByteIsRead() {
    byte[] every = new byte[256];
    for (int i = 0; i < every.length; i++) {
      every[i] = (byte) i;
    }
    Scopes.run(() -> {
      for (ScalarType type : List.of(ScalarType.Float8_e4m3fn, ScalarType.Float8_e5m2)) {
        Fp8 packing = Fp8.of("fp8", type, 0.7f);
        Tensor expected = packing.unpack(Tensors.ofBytes(every, 256, 1));
        PackedTensor weight = PackedTensor.of(packing, Tensors.ofBytes(every, 256), 16, 16);
        assertThat(Tensors.toFloats(weight.dense(ScalarType.Float)))
            .isEqualTo(Tensors.toFloats(expected));
        assertThat(Tensors.toFloats(weight.dense(ScalarType.BFloat16)))
            .isEqualTo(Tensors.toFloats(expected.to(ScalarType.BFloat16)));
        assertThat(Finite.all(weight)).isFalse();
      }
    });
  }

  private static Tensor bytes(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return Tensors.ofBytes(bytes, bytes.length);
  }

  private static Arguments row(String cause, Object... more) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("a.weight", Tensors.zeros(2, 4).to(ScalarType.Float8_e4m3fn));
    for (int i = 0; i < more.length; i += 2) {
      tensors.put((String) more[i], (Tensor) more[i + 1]);
    }
    return Arguments.of(cause, tensors, Map.of());
  }

  private static Arguments header(String cause, String said) {
    Arguments row = row(cause);
    return Arguments.of(row.get()[0], row.get()[1], Map.of("_quantization_metadata", said));
  }

  static Stream<Arguments> unknown() {
    Tensor one = Tensors.full(1);
    Tensor mark = Tensors.zeros(ScalarType.Float8_e4m3fn, 0);
    Tensor int8 = Tensors.zeros(ScalarType.Char, 2, 4);
    return Stream.of(
        row("'a.weight_scale_2' stands beside", "a.weight_scale_2", one),
        row("'a.scales' stands beside", "a.scales", one),
        row("'a.quant_map' stands beside", "a.quant_map", one),
        row("'a.weight' is scaled fp8 and has no scale", "scaled_fp8", mark),
        row("has two scales", "a.weight_scale", one, "a.scale_weight", one),
        row("'a.weight_scale' has 2 numbers", "a.weight_scale", Tensors.full(1, 2, 1)),
        row("the scale 'a.weight_scale' is NaN", "a.weight_scale", Tensors.full(Double.NaN)),
        row("'b.weight', which is I8", "b.weight", int8, "b.weight_scale", one),
        row("'b.weight', which is not there", "b.weight_scale", one),
        row("'int8_tensorwise'", "a.comfy_quant", bytes("{\"format\": \"int8_tensorwise\"}")),
        row("'nvfp4'", "a.comfy_quant", bytes("{\"format\": \"nvfp4\"}")),
        row("'mxfp8'", "a.comfy_quant", bytes("{\"format\": \"mxfp8\"}")),
        row("'convrot'", "a.comfy_quant", bytes("{\"format\": \"convrot\"}")),
        row("is quantised as ''", "a.comfy_quant", bytes("{}")),
        row("'a.comfy_quant' is not JSON", "a.comfy_quant", bytes("{format")),
        row("has no scale", "a.comfy_quant", bytes("{\"format\": \"float8_e4m3fn\"}")),
        row("and it is F8_E4M3", "a.comfy_quant", bytes("{\"format\": \"float8_e5m2\"}")),
        row("it is not there", "c.comfy_quant", bytes("{\"format\": \"float8_e5m2\"}")),
        header("is not JSON", "{layers"),
        header("'svdquant'", "{\"layers\": {\"a\": {\"format\": \"svdquant\"}}}"),
        header("has no scale", "{\"layers\": {\"a\": {\"format\": \"float8_e4m3fn\"}}}"));
  }

  @ParameterizedTest
  @MethodSource("unknown")
  void whatIsNotKnownIsRefused(
      String cause, Map<String, Tensor> tensors, Map<String, String> header) {
    Path file = folder.resolve("x.safetensors");
    Safetensors.write(file, tensors, header);
    try (WeightSet weights = WeightSet.open(file)) {
      assertThatThrownBy(weights::tensors)
          .isInstanceOf(UserError.class)
          .hasMessageStartingWith(file.toString())
          .hasMessageContaining(cause)
          .matches(e -> String.valueOf(e.getMessage()).lines().count() == 1);
    }
  }

  /** Names that only sound like scales are weights. */
  @Test
  void tablesOfScalesAndShiftsAreWeights() {
    Path file = folder.resolve("x.safetensors");
    Safetensors.write(
        file,
        Map.of(
            "a.weight", Tensors.zeros(2, 4).to(ScalarType.Float8_e4m3fn),
            "scale_shift_table", Tensors.zeros(2, 4),
            "blocks.0.scale_shift_table", Tensors.zeros(6, 4),
            "b.weight", Tensors.zeros(2),
            "b.scale", Tensors.zeros(2)),
        Map.of());
    try (WeightSet weights = WeightSet.open(file)) {
      assertThat(weights.tensors()).hasSize(5);
    }
  }
}
