package io.zoetrope.app.doctor;

import io.zoetrope.nn.Rates;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import io.zoetrope.torch.ThreadGain;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/** How fast this machine does what sampling is made of: about five seconds in all. */
final class SelfTest {
  private static final double SECONDS_EACH = 0.6;

  private SelfTest() {}

  /** Rates of the three workhorses, in GFLOP/s, and one product checked against Java. */
  static List<Finding> compute() {
    return Scopes.value(() -> {
      List<Finding> findings = new ArrayList<>();
      findings.add(correct());
      ThreadGain.measure().ifPresent(gain -> findings.add(threads(gain)));
      for (Precision precision : Precision.values()) {
        String format = precision.name().toLowerCase(Locale.ROOT);
        findings.add(rate("gemm_" + format, Rates.products(precision, SECONDS_EACH)));
        findings.add(rate("conv_" + format, Rates.convolutions(precision, SECONDS_EACH)));
      }
      findings.add(rate("attention_f32", Rates.attention(SECONDS_EACH)));
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

  private static Finding rate(String name, double operations) {
    double gflops = Math.round(operations / 1e8) / 10.0;
    return Finding.of(
        "test", name + "_gflops", gflops, String.format(Locale.ROOT, "%.0f GFLOP/s", gflops));
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
