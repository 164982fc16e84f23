package io.zoetrope.bench;

import io.zoetrope.torch.Autograd;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * Attention of tokens to each other by length and head size, in f32, with and without its backward
 * pass. {@code reference/attention.py} measures the same shapes.
 */
final class AttentionRate {
  private static final List<Integer> LENGTHS = List.of(256, 1024, 4096, 16384, 32768);
  private static final List<Integer> HEADS = List.of(40, 64, 80, 128);

  /** Tokens of all heads: fewer heads where they are long, so that no row takes minutes. */
  private static final int TOKENS = 65536;

  /** From this length on the backward pass is left out. */
  private static final int LONG = 16384;

  private AttentionRate() {}

  static Table run(double budget) {
    Table table =
        new Table(
            "attention",
            "Attention in f32, GFLOP/s of the best run",
            "length",
            "head size",
            "heads in all",
            "GFLOP",
            "ms",
            "GFLOP/s",
            "of GEMM",
            "backward ms");
    double roof = GemmRate.roof(Precision.F32);
    for (int length : LENGTHS) {
      for (int size : HEADS) {
        double flops = 4.0 * TOKENS * length * size;
        double share = budget / LENGTHS.size() / HEADS.size() / 2;
        double forward = forward(length, size, share);
        table.row(
            length,
            size,
            TOKENS / length,
            flops / 1e9,
            forward * 1e3,
            flops / forward / 1e9,
            flops / forward / roof,
            length < LONG ? (Object) ((both(length, size, share) - forward) * 1e3) : "-");
      }
    }
    table.note(String.format(Locale.ROOT, "GEMM: f32 %.0f GFLOP/s.", roof / 1e9));
    return table;
  }

  private static double forward(int length, int size, double budget) {
    return Scopes.value(() ->
        Scopes.noGrad(() -> {
          Tensor q = draw(length, size);
          Tensor k = draw(length, size);
          Tensor v = draw(length, size);
          return Timing.of(2, budget, () -> Ops.attention(q, k, v, Optional.empty())).best();
        }));
  }

  private static double both(int length, int size, double budget) {
    return Scopes.value(() -> {
      Tensor q = draw(length, size).set_requires_grad(true);
      Tensor k = draw(length, size).set_requires_grad(true);
      Tensor v = draw(length, size).set_requires_grad(true);
      Tensor gradient = draw(length, size);
      return Timing.of(
              2,
              budget,
              () -> Autograd.backward(Ops.attention(q, k, v, Optional.empty()), gradient))
          .best();
    });
  }

  /** [batch, 1 or 8 heads, length, size]. */
  private static Tensor draw(int length, int size) {
    int all = TOKENS / length;
    int heads = Math.min(8, all);
    try (RandomStream random = new RandomStreams(1).stream("bench")) {
      return random.normal(all / heads, heads, length, size);
    }
  }
}
