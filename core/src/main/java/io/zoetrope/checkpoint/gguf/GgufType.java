package io.zoetrope.checkpoint.gguf;

import io.zoetrope.torch.PackedTensor;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** The number formats of GGUF that this library reads. */
public enum GgufType implements PackedTensor.Packing {
  F32(0, ScalarType.Float, 4),
  F16(1, ScalarType.Half, 2),
  Q4_0(2, 32, 18, Blocks::q4_0, BlockLoops::q4_0),
  Q4_1(3, 32, 20, Blocks::q4_1, BlockLoops::q4_1),
  Q5_0(6, 32, 22, Blocks::q5_0, BlockLoops::q5_0),
  Q5_1(7, 32, 24, Blocks::q5_1, BlockLoops::q5_1),
  Q8_0(8, 32, 34, Blocks::q8_0, BlockLoops::q8_0),
  Q2_K(10, 256, 84, Blocks::q2_K, BlockLoops::q2_K),
  Q3_K(11, 256, 110, Blocks::q3_K, BlockLoops::q3_K),
  Q4_K(12, 256, 144, Blocks::q4_K, BlockLoops::q4_K),
  Q5_K(13, 256, 176, Blocks::q5_K, BlockLoops::q5_K),
  Q6_K(14, 256, 210, Blocks::q6_K, BlockLoops::q6_K),
  I8(24, ScalarType.Char, 1),
  I16(25, ScalarType.Short, 2),
  I32(26, ScalarType.Int, 4),
  I64(27, ScalarType.Long, 8),
  F64(28, ScalarType.Double, 8),
  BF16(30, ScalarType.BFloat16, 2);

  /** Formats of the specification that nothing here unpacks. */
  private static final Map<Integer, String> OTHERS =
      Map.ofEntries(
          Map.entry(9, "Q8_1"),
          Map.entry(15, "Q8_K"),
          Map.entry(16, "IQ2_XXS"),
          Map.entry(17, "IQ2_XS"),
          Map.entry(18, "IQ3_XXS"),
          Map.entry(19, "IQ1_S"),
          Map.entry(20, "IQ4_NL"),
          Map.entry(21, "IQ3_S"),
          Map.entry(22, "IQ2_S"),
          Map.entry(23, "IQ4_XS"),
          Map.entry(29, "IQ1_M"),
          Map.entry(31, "Q4_0_4_4"),
          Map.entry(32, "Q4_0_4_8"),
          Map.entry(33, "Q4_0_8_8"),
          Map.entry(34, "TQ1_0"),
          Map.entry(35, "TQ2_0"),
          Map.entry(36, "IQ4_NL_4_4"),
          Map.entry(37, "IQ4_NL_4_8"),
          Map.entry(38, "IQ4_NL_8_8"),
          Map.entry(39, "MXFP4"),
          Map.entry(40, "NVFP4"),
          Map.entry(41, "Q1_0"));

  private final int code;
  private final int numbers;
  private final int bytes;
  private final Optional<ScalarType> plain;
  private final UnaryOperator<Tensor> unpack;
  private final Optional<PackedTensor.Loop> loop;

  /** One block of a loop. */
  private interface Block {
    void unpack(byte[] blocks, int at, float[] out, int to);
  }

  GgufType(int code, ScalarType plain, int bytes) {
    this.code = code;
    this.numbers = 1;
    this.bytes = bytes;
    this.plain = Optional.of(plain);
    this.unpack = blocks -> blocks.view(plain).to(ScalarType.Float);
    this.loop = Optional.empty();
  }

  GgufType(int code, int numbers, int bytes, UnaryOperator<Tensor> unpack, Block block) {
    this.code = code;
    this.numbers = numbers;
    this.bytes = bytes;
    this.plain = Optional.empty();
    this.unpack = unpack;
    this.loop =
        Optional.of((blocks, count, out) -> {
          for (int i = 0; i < count; i++) {
            block.unpack(blocks, i * bytes, out, i * numbers);
          }
        });
  }

  /** The format of a code in a file, if it is one of ours. */
  static Optional<GgufType> of(int code) {
    return Arrays.stream(values()).filter(type -> type.code == code).findFirst();
  }

  /** The name of a code that is none of ours; empty if the format does not know it either. */
  static Optional<String> other(int code) {
    return Optional.ofNullable(OTHERS.get(code));
  }

  /** The tensor format, of numbers that are not packed. */
  public Optional<ScalarType> plain() {
    return plain;
  }

  /** Numbers of a block; 1 where they are not packed. */
  @Override
  public int numbers() {
    return numbers;
  }

  /** Bytes of a block. */
  @Override
  public int bytes() {
    return bytes;
  }

  @Override
  public Optional<PackedTensor.Loop> loop() {
    return loop;
  }

  @Override
  public Tensor unpack(Tensor blocks_NB) {
    return unpack.apply(blocks_NB);
  }
}
