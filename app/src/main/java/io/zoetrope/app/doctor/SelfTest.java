package io.zoetrope.app.doctor;

import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import io.zoetrope.torch.ThreadGain;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** How fast this machine does what sampling is made of: about five seconds in all. */
final class SelfTest {
  private static final double SECONDS_EACH = 0.6;
  private static final long GEMM = 1024;
  private static final long[] IMAGES = {16, 128, 32, 32};
  private static final long[] HEADS = {8, 8, 256, 64};

  private SelfTest() {}

  /** Rates of the three workhorses, in GFLOP/s, and one product checked against Java. */
  static List<Finding> compute() {
    return Scopes.value(() -> {
      List<Finding> findings = new ArrayList<>();
      findings.add(correct());
      ThreadGain.measure().ifPresent(gain -> findings.add(threads(gain)));
      Tensor a = random(GEMM, GEMM);
      Tensor b = random(GEMM, GEMM);
      double gemm = 2.0 * GEMM * GEMM * GEMM;
      findings.add(rate("gemm_f32", gemm, () -> a.matmul(b)));
      Tensor aLow = a.to(ScalarType.BFloat16);
      Tensor bLow = b.to(ScalarType.BFloat16);
      findings.add(rate("gemm_bf16", gemm, () -> aLow.matmul(bLow)));
      Tensor x = random(IMAGES);
      Tensor w = random(IMAGES[1], IMAGES[1], 3, 3);
      double conv = 2.0 * x.numel() * IMAGES[1] * 9;
      findings.add(rate("conv_f32", conv, () -> Ops.conv2d(x, w, Optional.empty(), 1, 1)));
      Tensor xLow = x.to(ScalarType.BFloat16);
      Tensor wLow = w.to(ScalarType.BFloat16);
      findings.add(rate("conv_bf16", conv, () -> Ops.conv2d(xLow, wLow, Optional.empty(), 1, 1)));
      Tensor q = random(HEADS);
      double attention = 4.0 * q.numel() * HEADS[2];
      findings.add(
          rate("attention_f32", attention, () -> Ops.attention(q, q, q, Optional.empty())));
      return findings;
    });
  }

  /** A small product must come out as Java says. */
  private static Finding correct() {
    int n = 64;
    float[] a = values(n * n, 1);
    float[] b = values(n * n, 2);
    float[] c = Tensors.toFloats(Tensors.of(a, n, n).matmul(Tensors.of(b, n, n)));
    double worst = 0;
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        double sum = 0;
        for (int k = 0; k < n; k++) {
          sum += (double) a[i * n + k] * b[k * n + j];
        }
        worst = Math.max(worst, Math.abs(sum - c[i * n + j]));
      }
    }
    boolean well = worst < 1e-4;
    String text =
        well
            ? "as Java says"
            : String.format(Locale.ROOT, "off by %g: the BLAS library is broken", worst);
    return well
        ? Finding.of("test", "arithmetic", true, text)
        : Finding.broken("test", "arithmetic", false, text);
  }

  private static Finding threads(ThreadGain gain) {
    String text =
        String.format(
            Locale.ROOT, "%d compute %.2f times as fast as one", gain.threads(), gain.gain());
    return gain.none()
        ? Finding.note(
            "test",
            "threads_gain",
            gain.gain(),
            text
                + ": other programs hold the cores, or they are half a core each; with"
                + " OMP_NUM_THREADS=1 a run takes as long and leaves them more")
        : Finding.of("test", "threads_gain", gain.gain(), text);
  }

  private static Finding rate(String name, double flops, Supplier<Tensor> work) {
    Scopes.tensor(work).close();
    Scopes.tensor(work).close();
    long start = System.nanoTime();
    int times = 0;
    double seconds;
    do {
      Scopes.tensor(work).close();
      times++;
      seconds = (System.nanoTime() - start) / 1e9;
    } while (seconds < SECONDS_EACH);
    double gflops = Math.round(flops * times / seconds / 1e8) / 10.0;
    return Finding.of(
        "test", name + "_gflops", gflops, String.format(Locale.ROOT, "%.0f GFLOP/s", gflops));
  }

  private static Tensor random(long... shape) {
    int n = 1;
    for (long side : shape) {
      n *= Math.toIntExact(side);
    }
    return Tensors.of(values(n, n), shape);
  }

  private static float[] values(int n, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    return values;
  }
}
