package io.zoetrope.bench;

import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** The roofline: how fast this machine multiplies matrices and convolves. */
final class GemmRate {
  private static final List<Integer> SIZES = List.of(512, 1024, 2048, 4096);

  private GemmRate() {}

  static Table run(double budget) {
    Table table =
        new Table(
            "gemm",
            "Matrix products and 3x3 convolutions, GFLOP/s of the best run",
            "operation",
            "GFLOP",
            "f32",
            "bf16",
            "bf16 / f32");
    for (int size : SIZES) {
      double flops = 2.0 * size * size * size;
      double f32 = gemm(size, Precision.F32, budget / 16) / 1e9;
      double bf16 = gemm(size, Precision.BF16, budget / 16) / 1e9;
      table.row("gemm " + size, flops / 1e9, f32, bf16, bf16 / f32);
    }
    for (int[] shape : new int[][] {{16, 64, 32}, {16, 128, 32}, {16, 128, 64}, {4, 512, 32}}) {
      double flops = convFlops(shape[0], shape[1], shape[2]);
      double f32 = conv(shape[0], shape[1], shape[2], Precision.F32, budget / 16) / 1e9;
      double bf16 = conv(shape[0], shape[1], shape[2], Precision.BF16, budget / 16) / 1e9;
      String name = "conv %sx%sx%sx%s".formatted(shape[0], shape[1], shape[2], shape[2]);
      table.row(name, flops / 1e9, f32, bf16, bf16 / f32);
    }
    return table;
  }

  /** What the others are held against: the best of square products of 1024 and 2048, FLOP/s. */
  record Roof(double f32, double bf16) {
    double of(Precision precision) {
      return precision == Precision.F32 ? f32 : bf16;
    }

    @Override
    public String toString() {
      return String.format(Locale.ROOT, "GEMM: f32 %.0f GFLOP/s, bf16 %.0f", f32 / 1e9, bf16 / 1e9);
    }
  }

  static Roof roof() {
    return new Roof(roof(Precision.F32), roof(Precision.BF16));
  }

  /** The best of square products of 1024 and 2048, FLOP/s. */
  static double roof(Precision precision) {
    return Math.max(gemm(1024, precision, 0.5), gemm(2048, precision, 2));
  }

  private static double gemm(int size, Precision precision, double budget) {
    return Scopes.value(() -> {
      Tensor a = random(precision, size, size);
      Tensor b = random(precision, size, size);
      double best = Timing.of(3, budget, () -> torch.mm(a, b)).best();
      return 2.0 * size * size * size / best;
    });
  }

  private static double convFlops(long batch, long channels, long side) {
    return 2.0 * batch * channels * channels * 9 * side * side;
  }

  private static double conv(
      int batch, int channels, int side, Precision precision, double budget) {
    return Scopes.value(() -> {
      Tensor x = random(precision, batch, channels, side, side);
      Tensor weight = random(precision, channels, channels, 3, 3);
      double best =
          Timing.of(3, budget, () -> Ops.conv2d(x, weight, Optional.empty(), 1, 1)).best();
      return convFlops(batch, channels, side) / best;
    });
  }

  private static Tensor random(Precision precision, long... shape) {
    try (RandomStream random = new RandomStreams(1).stream("bench")) {
      return precision.cast(random.normal(shape));
    }
  }
}
