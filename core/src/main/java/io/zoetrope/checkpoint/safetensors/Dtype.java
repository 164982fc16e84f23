package io.zoetrope.checkpoint.safetensors;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The number formats of safetensors that this library reads and writes: all that fill whole bytes.
 */
public enum Dtype {
  F64(ScalarType.Double, 8),
  F32(ScalarType.Float, 4),
  F16(ScalarType.Half, 2),
  BF16(ScalarType.BFloat16, 2),
  F8_E5M2(ScalarType.Float8_e5m2, 1),
  F8_E4M3(ScalarType.Float8_e4m3fn, 1),
  F8_E8M0(ScalarType.Float8_e8m0fnu, 1),
  F8_E5M2FNUZ(ScalarType.Float8_e5m2fnuz, 1),
  F8_E4M3FNUZ(ScalarType.Float8_e4m3fnuz, 1),
  C64(ScalarType.ComplexFloat, 8),
  I64(ScalarType.Long, 8),
  I32(ScalarType.Int, 4),
  I16(ScalarType.Short, 2),
  I8(ScalarType.Char, 1),
  U64(ScalarType.UInt64, 8),
  U32(ScalarType.UInt32, 4),
  U16(ScalarType.UInt16, 2),
  U8(ScalarType.Byte, 1),
  BOOL(ScalarType.Bool, 1);

  /** Formats of the specification whose elements are parts of bytes: nothing here computes them. */
  private static final List<String> SUB_BYTE = List.of("F4", "F6_E2M3", "F6_E3M2");

  private static final Map<String, Dtype> BY_NAME =
      Arrays.stream(values()).collect(Collectors.toMap(Dtype::name, Function.identity()));

  private final ScalarType scalarType;
  private final int bytes;

  Dtype(ScalarType scalarType, int bytes) {
    this.scalarType = scalarType;
    this.bytes = bytes;
  }

  public ScalarType scalarType() {
    return scalarType;
  }

  /** Bytes of one element. */
  public int bytes() {
    return bytes;
  }

  /** The format of that name in a safetensors header, if it is one of ours. */
  public static Optional<Dtype> named(String name) {
    return Optional.ofNullable(BY_NAME.get(name));
  }

  /** Why a format is none of ours. */
  static String refusal(String name) {
    return SUB_BYTE.contains(name)
        ? "has dtype %s, numbers of less than a byte, which nothing here computes with: convert it"
            .formatted(name)
        : "has dtype '%s', which the format does not know".formatted(name);
  }

  /**
   * The format of a tensor.
   *
   * @throws IllegalArgumentException for quantised and other dtypes outside this list
   */
  public static Dtype of(ScalarType type) {
    return Arrays.stream(values())
        .filter(d -> d.scalarType.intern() == type.intern())
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no safetensors dtype for " + type));
  }
}
