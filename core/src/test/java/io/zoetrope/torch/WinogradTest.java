package io.zoetrope.torch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;

/** Against the convolution in float64, at random sizes. */
class WinogradTest {
  private final RandomStreams streams = new RandomStreams(3);

  private Tensor normal(String name, long... shape) {
    try (RandomStream stream = streams.stream(name)) {
      return stream.normal(shape);
    }
  }

  private static double error(Tensor y, Tensor exact) {
    double most = exact.abs().max().item_double();
    return y.to(ScalarType.Double).sub(exact).abs().max().item_double() / most;
  }

  @Test
  void isTheConvolution() {
    SplittableRandom random = new SplittableRandom(41);
    for (int i = 0; i < 25; i++) {
      long m = random.nextInt(1, 4);
      long c = random.nextInt(1, 20);
      long k = random.nextInt(1, 20);
      long h = random.nextInt(1, 12);
      long w = random.nextInt(1, 12);
      String sizes = "m %s c %s k %s h %s w %s".formatted(m, c, k, h, w);
      Scopes.run(() -> {
        Tensor x = normal("x" + sizes, m, c, h, w);
        check(sizes, x, normal("w" + sizes, k, c, 3, 3), normal("b" + sizes, k));
        check(sizes, Ops.channelsLast(x), normal("v" + sizes, k, c, 3, 3), Tensors.zeros(k));
      });
    }
  }

  /** More than a stretch of images, and more than a stretch of rows of one. */
  @Test
  void stretches() {
    for (long[] s : List.of(new long[] {19, 40, 63, 9}, new long[] {2, 6, 180, 501})) {
      Scopes.run(() -> {
        long width = s[1];
        Tensor x = normal("x" + width, s[0], width, s[2], s[3]);
        check("width " + width, x, normal("w" + width, 48, width, 3, 3), normal("b" + width, 48));
      });
    }
  }

  private static void check(String sizes, Tensor x, Tensor w, Tensor b) {
    Tensor exact =
        Ops.conv2d(
            x.to(ScalarType.Double),
            w.to(ScalarType.Double),
            Optional.of(b.to(ScalarType.Double)),
            1,
            1);
    Tensor y = Winograd.conv(x, Winograd.transform(w), b);
    assertThat(Tensors.shape(y)).as(sizes).isEqualTo(Tensors.shape(exact));
    assertThat(error(y, exact)).as(sizes).isLessThan(2e-6);
  }

  /** The way that wide layers take is no worse than the direct one. */
  @Test
  void isAsExactAsTheDirectWay() {
    Scopes.run(() -> {
      Tensor x = normal("x", 16, 128, 16, 16);
      Tensor w = Ops.div(normal("w", 160, 128, 3, 3), Math.sqrt(128 * 9));
      Tensor b = normal("b", 160);
      Tensor exact =
          Ops.conv2d(
              x.to(ScalarType.Double),
              w.to(ScalarType.Double),
              Optional.of(b.to(ScalarType.Double)),
              1,
              1);
      double direct = error(Ops.conv2d(x, w, Optional.of(b), 1, 1), exact);
      double own = error(Winograd.conv(x, Winograd.transform(w), b), exact);
      System.out.printf("128 features: direct %.1e, Winograd %.1e%n", direct, own);
      assertThat(Winograd.pays(x, 160)).isTrue();
      assertThat(own).isLessThan(1e-6);
    });
  }
}
