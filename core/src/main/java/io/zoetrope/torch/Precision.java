package io.zoetrope.torch;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * In which number format matrix products and convolutions run. Norms, attention, residual sums and
 * all diffusion arithmetic stay in f32 under every policy: bf16 attention is ten times slower than
 * f32 on CPUs, and guidance in bf16 piles up error (docs/numerics.md).
 */
public enum Precision {
  /** Everything in 32-bit floats. */
  F32(ScalarType.Float),
  /** Matrix products and convolutions in bfloat16, accumulated in f32 by the kernels. */
  BF16(ScalarType.BFloat16);

  /** Features from which on bf16 is the faster one. */
  private static final int BF16_WIDTH = 256;

  private final ScalarType matmul;

  Precision(ScalarType matmul) {
    this.matmul = matmul;
  }

  /** The dtype of matrix products and convolutions. */
  public ScalarType matmul() {
    return matmul;
  }

  /** Bytes of a number of matrix products. */
  public int bytes() {
    return this == F32 ? Float.BYTES : 2;
  }

  /** Whether the tensor is in the format of matrix products. */
  public boolean fits(Tensor t) {
    return t.scalar_type().intern() == matmul;
  }

  /**
   * The tensor in the format of matrix products; itself if it is in it already. A packed one is
   * unpacked.
   */
  public Tensor cast(Tensor t) {
    return fits(t) ? t : PackedTensor.dense(t, matmul);
  }

  /**
   * The policy by name.
   *
   * @param name {@code f32}, {@code bf16}, or {@code auto}: bf16 where it was measured to be faster
   *     on this machine ({@link FormatChoice})
   */
  public static Precision of(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "f32" -> F32;
      case "bf16" -> BF16;
      case "auto" -> FormatChoice.here().bf16() ? BF16 : F32;
      default ->
          throw new UserError(
              Fault.INVALID, "unknown dtype '" + name + "'", "use auto, f32 or bf16");
    };
  }

  /**
   * The policy by name for a network of so many features: {@code auto} is bf16 only where matrices
   * are large enough for its products to win back the casts (docs/numerics.md).
   */
  public static Precision of(String name, int width) {
    return name.equalsIgnoreCase("auto") && width < BF16_WIDTH ? F32 : of(name);
  }

  /** Whether this processor has bfloat16 dot products (AVX512_BF16 or AMX). */
  public static boolean hasNativeBf16() {
    return Native.BF16;
  }

  private static final class Native {
    static final boolean BF16 = detect();

    private static boolean detect() {
      Path cpuinfo = Path.of("/proc/cpuinfo");
      if (!Files.isReadable(cpuinfo)) {
        return false;
      }
      try (var lines = Files.lines(cpuinfo)) {
        return lines
            .filter(line -> line.startsWith("flags"))
            .findFirst()
            .map(flags -> flags.contains("avx512_bf16") || flags.contains("amx_bf16"))
            .orElse(false);
      } catch (IOException e) {
        return false;
      }
    }
  }
}
