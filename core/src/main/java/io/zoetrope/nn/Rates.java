package io.zoetrope.nn;

import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * How fast this process does what networks consist of, at this moment, by the very layers of
 * networks: operations in a second, a multiplication and an addition counted as two.
 *
 * @param products of 1024 rows with a matrix of 1024 x 1024
 * @param convolutions 3x3 of 16 pictures of 32 x 32 with 128 features, by the count of the direct
 *     way
 * @param attention in f32, 8 heads of 64 over 256 tokens
 */
public record Rates(double products, double convolutions, double attention) {
  private static final long SIDE = 1024;
  private static final long[] PICTURES = {16, 128, 32, 32};
  private static final long[] HEADS = {8, 8, 256, 64};

  /**
   * All of them.
   *
   * @param seconds for each, at least
   */
  public static Rates measure(Precision precision, double seconds) {
    return new Rates(
        products(precision, seconds), convolutions(precision, seconds), attention(seconds));
  }

  public static double products(Precision precision, double seconds) {
    return measured(random -> {
      Tensor x = precision.cast(random.normal(SIDE, SIDE));
      Tensor weight = precision.cast(random.normal(SIDE, SIDE));
      Runnable product = () -> Ops.linear(x, weight, Optional.empty());
      return 2.0 * SIDE * SIDE * SIDE / each(product, seconds);
    });
  }

  public static double convolutions(Precision precision, double seconds) {
    return measured(random -> {
      long width = PICTURES[1];
      Tensor x = precision.cast(random.normal(PICTURES));
      Map<String, Tensor> weights =
          Map.of("weight", random.normal(width, width, 3, 3), "bias", random.normal(width));
      try (ParameterStore store = ParameterStore.forInference(weights, precision)) {
        Conv2d conv = Conv2d.of(store.root(), width, width, 3, 1, Init.ZEROS);
        return 2.0 * x.numel() * width * 9 / each(() -> conv.forward(x), seconds);
      }
    });
  }

  public static double attention(double seconds) {
    return measured(random -> {
      Tensor q = random.normal(HEADS);
      Runnable looking = () -> Ops.attention(q, q, q, Optional.empty());
      return 4.0 * q.numel() * HEADS[2] / each(looking, seconds);
    });
  }

  /** What is measured of random numbers. */
  private interface Body {
    double of(RandomStream random);
  }

  private static double measured(Body body) {
    return Scopes.value(() ->
        Scopes.noGrad(() -> {
          try (RandomStream random = new RandomStreams(1).stream("rates")) {
            return body.of(random);
          }
        }));
  }

  /** Seconds that it takes, after it was done twice. */
  private static double each(Runnable body, double atLeast) {
    Scopes.run(body);
    Scopes.run(body);
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
