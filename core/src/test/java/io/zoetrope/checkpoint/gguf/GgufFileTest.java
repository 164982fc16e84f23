package io.zoetrope.checkpoint.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import io.zoetrope.torch.ComputeDevice;
import io.zoetrope.torch.Finite;
import io.zoetrope.torch.PackedTensor;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Against what the gguf package writes and decodes. */
class GgufFileTest {
  private static final Path FILES = Path.of("src/test/resources/reference/gguf");

  @TempDir Path folder;

  static Stream<GgufType> packed() {
    return Arrays.stream(GgufType.values()).filter(type -> type.plain().isEmpty());
  }

  @ParameterizedTest
  @MethodSource("packed")
  void blocksBecomeTheNumbersOfTheReference(GgufType type) {
    String name = "blocks." + type + ".weight";
    try (GgufFile file = GgufFile.open(FILES.resolve("types.gguf"));
        SafetensorsFile dense = Safetensors.open(FILES.resolve("types.safetensors"))) {
      Scopes.run(() -> {
        PackedTensor weight = PackedTensor.of(file.tensor(name)).orElseThrow();
        Tensor expected = dense.tensor(name);
        assertThat(Tensors.shape(weight)).isEqualTo(Tensors.shape(expected));
        assertThat(weight.packing()).isEqualTo(type);
        byte[] bits = Tensors.toBytes(expected);
        assertThat(Tensors.toBytes(weight.dense(ScalarType.Float))).isEqualTo(bits);
        assertThat(Tensors.toBytes(Precision.BF16.cast(weight)))
            .isEqualTo(Tensors.toBytes(expected.to(ScalarType.BFloat16)));
        // As on a card, and as a loop over bytes.
        assertThat(type.loop()).isPresent();
        assertThat(Tensors.toBytes(type.unpack(PackedTensor.held(weight)))).isEqualTo(bits);
        Tensor rows = Tensors.of(new long[] {5, 0, 5, 2}, 2, 2);
        assertThat(Tensors.toBytes(PackedTensor.rows(weight, rows)))
            .isEqualTo(Tensors.toBytes(PackedTensor.rows(expected, rows)));
        assertThat(Tensors.toFloats(PackedTensor.first(weight, 300)))
            .isEqualTo(Tensors.toFloats(PackedTensor.first(expected, 300)));
        assertThat(Finite.all(weight)).isTrue();
      });
    }
  }

  @ParameterizedTest
  @MethodSource("packed")
  void largeOnesAreUnpackedInPieces(GgufType type) {
    try (GgufFile file = GgufFile.open(FILES.resolve("types.gguf"))) {
      Scopes.run(() -> {
        PackedTensor small =
            PackedTensor.of(file.tensor("blocks." + type + ".weight")).orElseThrow();
        Tensor bytes = PackedTensor.held(small).repeat(400, 1).flatten();
        PackedTensor large = PackedTensor.of(type, bytes, 2400, 512);
        assertThat(Tensors.toBytes(large.dense(ScalarType.Float)))
            .isEqualTo(Tensors.toBytes(small.dense(ScalarType.Float).repeat(400, 1)));
      });
    }
  }

  @ParameterizedTest
  @MethodSource("packed")
  void shapesAreKnownWhereNothingIsComputed(GgufType type) {
    try (GgufFile file = GgufFile.open(FILES.resolve("types.gguf"))) {
      Scopes.run(() -> {
        Tensor weight = file.tensor("blocks." + type + ".weight");
        Tensor there = ComputeDevice.META.place(weight);
        assertThat(ComputeDevice.of(there)).isEqualTo(ComputeDevice.META);
        assertThat(ComputeDevice.of(weight)).isEqualTo(ComputeDevice.CPU);
        Tensor dense = Precision.F32.cast(there);
        assertThat(Tensors.shape(dense)).isEqualTo(Tensors.shape(weight));
        assertThat(ComputeDevice.of(dense)).isEqualTo(ComputeDevice.META);
      });
    }
  }

  @Test
  void numbersThatAreNotPackedLieInTheMap() {
    try (GgufFile file = GgufFile.open(FILES.resolve("types.gguf"));
        SafetensorsFile dense = Safetensors.open(FILES.resolve("types.safetensors"))) {
      for (String name :
          List.of("plain.F32", "plain.F16", "plain.BF16", "patch_embedding.weight")) {
        Scopes.run(() -> {
          Tensor t = file.tensor(name);
          assertThat(PackedTensor.of(t)).isEmpty();
          assertThat(Tensors.shape(t)).isEqualTo(Tensors.shape(dense.tensor(name)));
          assertThat(Tensors.toBytes(t.to(ScalarType.Float)))
              .isEqualTo(Tensors.toBytes(dense.tensor(name)));
        });
      }
      assertThat(file.tensor("patch_embedding.weight").dim()).isEqualTo(5);
      assertThat(file.entries()).hasSize(14);
      assertThatThrownBy(() -> file.tensor("no")).hasMessageContaining("'no'");
    }
  }

  @Test
  void everyKindOfValueIsRead() {
    try (GgufFile file = GgufFile.open(FILES.resolve("values.gguf"))) {
      GgufMetadata said = file.metadata();
      assertThat(said.text("general.architecture")).contains("t5encoder");
      assertThat(said.number("general.alignment")).hasValue(64);
      assertThat(said.number("value.uint8")).hasValue(200);
      assertThat(said.number("value.int8")).hasValue(-100);
      assertThat(said.number("value.uint16")).hasValue(60000);
      assertThat(said.number("value.int16")).hasValue(-30000);
      assertThat(said.number("value.uint32")).hasValue(4_000_000_000L);
      assertThat(said.number("value.int32")).hasValue(-2_000_000_000);
      assertThat(said.number("value.int64")).hasValue(-(1L << 62));
      assertThat(said.shown("value.uint64")).contains("18446744073709551615");
      assertThat(said.shown("value.float32")).contains("0.1");
      assertThat(said.shown("value.float64")).contains("0.1");
      assertThat(said.shown("value.bool")).contains("true");
      assertThat(said.text("value.string")).contains("größe 猫");
      assertThat(said.texts("value.array.str")).containsExactly("a", "", "猫");
      assertThat(said.numbers("value.array.int")).containsExactly(1, 2, 3);
      assertThat(said.numbers("value.array.float")).containsExactly(0.5, 0.25);
      assertThat(said.shown("value.array.bool")).contains("2: [true, false]");
      assertThat(Tensors.toFloats(file.tensor("one"))).containsExactly(0, 1, 2);
      assertThat(Tensors.toLongs(file.tensor("two"))).containsExactly(0, 1, 2, 3, 4, 5);
      assertThat(Tensors.shape(file.tensor("two"))).containsExactly(2, 3);
    }
  }

  /** A packed tensor lies nowhere: what computes with it unawares fails. */
  @Test
  void nobodyComputesWithBlocksUnawares() {
    try (GgufFile file = GgufFile.open(FILES.resolve("types.gguf"))) {
      Tensor weight = file.tensor("blocks.Q8_0.weight");
      Scopes.run(() -> {
        Tensor x = Tensors.zeros(512);
        assertThatThrownBy(() -> x.add(weight).sum().item_float())
            .isInstanceOf(RuntimeException.class);
      });
    }
  }

  @Test
  void aWeightOutlivesItsFile() {
    PackedTensor kept;
    try (GgufFile file = GgufFile.open(FILES.resolve("types.gguf"))) {
      kept = PackedTensor.of(file.tensor("blocks.Q4_K.weight")).orElseThrow().on(ComputeDevice.CPU);
      Scopes.keep(kept);
    }
    Scopes.run(() -> assertThat(Finite.all(kept.dense(ScalarType.Float))).isTrue());
    Scopes.free(kept);
    assertThat(PackedTensor.held(kept).isNull()).isTrue();
  }

  @Test
  void anyAlignmentOfAPowerOfTwoIsRead() throws Exception {
    byte[] block = new byte[34];
    block[1] = 0x3c; // 1 in f16
    block[2] = 7;
    for (int alignment : new int[] {1, 2, 8, 4096}) {
      Path file =
          Files.write(
              folder.resolve(alignment + ".gguf"),
              new GgufBytes()
                  .align(alignment)
                  .tensor("odd", GgufBytes.F32, new byte[] {0, 0, 0x40, 0x40}, 1)
                  .tensor("w", GgufBytes.Q8_0, block, 1, 32)
                  .bytes());
      try (GgufFile open = GgufFile.open(file)) {
        Scopes.run(() -> {
          assertThat(Tensors.toFloats(open.tensor("odd"))).containsExactly(3);
          assertThat(Tensors.toFloats(Precision.F32.cast(open.tensor("w")))).startsWith(7f, 0f);
        });
      }
    }
  }
}
