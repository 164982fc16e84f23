package io.zoetrope.torch;

import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * What the threads of this process are worth at this moment: where other programs hold the cores,
 * many compute no faster than one.
 *
 * @param threads that compute products
 * @param gain speed of all of them by that of one; 1 to {@code threads}, but for noise
 */
public record ThreadGain(int threads, double gain) {
  /** From how little on they are worth nothing. */
  private static final double NOTHING = 1.25;

  private static final double SECONDS_EACH = 0.15;

  /** Whether one thread would be as fast as all. */
  public boolean none() {
    return threads > 1 && gain < NOTHING;
  }

  /** Measures it, in a third of a second; empty where products are not shared out. */
  public static Optional<ThreadGain> measure() {
    return Scopes.value(() ->
        Scopes.noGrad(() -> {
          Tensor x = Tensors.full(0.5, 4096, 320);
          Tensor weight = Tensors.full(0.25, 320, 320);
          if (!Products.linearFits(x, weight, Optional.empty())) {
            return Optional.empty();
          }
          Runnable product = () -> Products.linear(x, weight, Optional.empty());
          seconds(product, 0);
          double all = seconds(product, SECONDS_EACH);
          double one = Products.alone(() -> seconds(product, SECONDS_EACH));
          return Optional.of(new ThreadGain(Blas.usual().orElse(1), one / all));
        }));
  }

  private static double seconds(Runnable body, double atLeast) {
    long start = System.nanoTime();
    double passed;
    int times = 0;
    do {
      Scopes.run(body);
      times++;
      passed = (System.nanoTime() - start) * 1e-9;
    } while (passed < atLeast);
    return passed / times;
  }
}
