package io.zoetrope.checkpoint;

import java.util.Arrays;
import java.util.Optional;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** The number formats of safetensors that this library reads and writes. */
public enum Dtype {
  F64(ScalarType.Double, 8),
  F32(ScalarType.Float, 4),
  F16(ScalarType.Half, 2),
  BF16(ScalarType.BFloat16, 2),
  I64(ScalarType.Long, 8),
  I32(ScalarType.Int, 4),
  I16(ScalarType.Short, 2),
  I8(ScalarType.Char, 1),
  U8(ScalarType.Byte, 1),
  BOOL(ScalarType.Bool, 1);

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
    return Arrays.stream(values()).filter(d -> d.name().equals(name)).findFirst();
  }

  /**
   * The format of a tensor.
   *
   * @throws IllegalArgumentException for complex, quantised and other dtypes outside this list
   */
  public static Dtype of(ScalarType type) {
    return Arrays.stream(values())
        .filter(d -> d.scalarType.intern() == type.intern())
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no safetensors dtype for " + type));
  }
}
