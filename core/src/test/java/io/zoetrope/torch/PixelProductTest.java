package io.zoetrope.torch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.SplittableRandom;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;

/** Against the product in float64. */
class PixelProductTest {
  private static final long SEED = 20261122;

  @Test
  void itIsALinearLayer() {
    System.out.println("seed " + SEED);
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < 40; i++) {
      long rows = 8L * random.nextInt(1, 80);
      long in = random.nextInt(1, 200);
      long out = random.nextInt(1, 200);
      boolean withBias = random.nextBoolean();
      String at = "case %s: %s rows, %s to %s".formatted(i, rows, in, out);
      Scopes.run(() ->
          Scopes.noGrad(() -> {
            Tensor x = normal(4, rows / 4, in);
            Tensor w = normal(out, in);
            Optional<Tensor> b = withBias ? Optional.of(normal(out)) : Optional.empty();
            Tensor truth = linear(x, w, b);
            Tensor own = PixelProduct.forward(x, w, b);
            assertThat(Tensors.shape(own)).as(at).containsExactly(4, rows / 4, out);
            assertThat(own.is_contiguous()).as(at).isTrue();
            assertThat(error(own, truth)).as(at).isLessThan(2e-6);
            return at;
          }));
    }
  }

  @Test
  void itIsAsExactAsAProductOfMatrices() {
    for (ScalarType type : new ScalarType[] {ScalarType.Float, ScalarType.BFloat16}) {
      if (type == ScalarType.BFloat16 && !Precision.hasNativeBf16()) {
        continue;
      }
      Scopes.run(() ->
          Scopes.noGrad(() -> {
            Tensor x = normal(2048, 1280).to(type);
            Tensor w = normal(1024, 1280).to(type);
            Optional<Tensor> b = Optional.of(normal(1024).to(type));
            assertThat(PixelProduct.pays(x, w)).isTrue();
            Tensor truth = linear(x, w, b);
            double own = error(Ops.linear(x, w, b), truth);
            double plain = error(torch.linear(x, w, new TensorOptional(b.orElseThrow())), truth);
            assertThat(own).as("%s", type).isLessThanOrEqualTo(1.5 * plain);
            return own;
          }));
    }
  }

  @Test
  void smallAndOddOnesAreProductsOfMatrices() {
    Scopes.run(() -> {
      assertThat(PixelProduct.pays(normal(64, 32), normal(32, 32))).isFalse();
      assertThat(PixelProduct.pays(normal(2049, 1280), normal(1024, 1280)))
          .as("not lines of 8")
          .isFalse();
      assertThat(PixelProduct.pays(normal(1024, 2048), normal(2048, 2048)))
          .as("more in than rows")
          .isFalse();
      assertThat(PixelProduct.pays(normal(2048, 1280), normal(1024, 1280).to(ScalarType.BFloat16)))
          .isFalse();
      assertThat(PixelProduct.pays(normal(2048, 1280), normal(1280, 1024).t()))
          .as("strides")
          .isFalse();
    });
  }

  @Test
  void gradientsAreThoseOfALinearLayer() {
    Scopes.run(() -> {
      Tensor x = normal(2048, 1280);
      Tensor w = normal(1024, 1280).requires_grad_(true);
      Ops.linear(x, w, Optional.empty()).sum().backward();
      Tensor row = Autograd.gradient(w).orElseThrow().select(0, 7);
      assertThat(error(row, x.to(ScalarType.Double).sum(0))).isLessThan(1e-5);
    });
  }

  private static Tensor normal(long... shape) {
    try (RandomStream stream = new RandomStreams(SEED).stream("product" + shape.length)) {
      return stream.normal(shape);
    }
  }

  private static Tensor linear(Tensor x, Tensor w, Optional<Tensor> b) {
    Tensor y = torch.matmul(x.to(ScalarType.Double), w.to(ScalarType.Double).t());
    return b.isPresent() ? y.add(b.get().to(ScalarType.Double)) : y;
  }

  private static double error(Tensor x, Tensor truth) {
    Tensor wide = truth.to(ScalarType.Double);
    return x.to(ScalarType.Double).sub(wide).abs().max().item_double()
        / wide.abs().max().item_double();
  }
}
