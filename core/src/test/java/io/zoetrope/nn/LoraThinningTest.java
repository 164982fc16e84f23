package io.zoetrope.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

/** What is left away of updates in training, and how large they may become. */
class LoraThinningTest {
  private static final int ROWS = 400;

  private static Tensor random(String name, long... shape) {
    try (RandomStream stream = new RandomStreams(4).stream(name)) {
      return stream.normal(shape);
    }
  }

  /** A layer of 6 inputs and 5 outputs, and factors of rank 3 beside it, at random. */
  private static void with(
      LoraThinning thinning, java.util.function.BiConsumer<Linear, LoraFactors> body) {
    Scopes.run(() -> {
      try (ParameterStore store =
          ParameterStore.forTraining(Map.of(), new RandomStreams(1), Precision.F32)) {
        Linear layer = Linear.of(store.root().at("layer"), 6, 5, Init.xavier());
        store.trainable(name -> false);
        try (LoraFactors factors =
            new LoraFactors(store, "it", List.of("layer"), 3, 6, thinning, new RandomStreams(2))) {
          Tensor up = factors.parameters().get("layer.lora_B.weight");
          Scopes.noGrad(() -> Objects.requireNonNull(up).copy_(random("up", 5, 3)));
          body.accept(layer, factors);
        }
      }
    });
  }

  private static Tensor delta(Linear layer, LoraFactors factors, Tensor x) {
    return Scopes.noGrad(() -> {
      Tensor with = layer.forward(x);
      factors.scale(0);
      Tensor without = layer.forward(x);
      factors.scale(1);
      return with.sub(without);
    });
  }

  private static double worst(Tensor a, Tensor b) {
    return a.sub(b).abs().max().item_double();
  }

  /** Each row lacks whole ranks, and on average nothing is lost. */
  @Test
  void ranksAreLeftAwayWholeAndTheOthersAreStronger() {
    with(
        new LoraThinning(0, 0.5, 0),
        (layer, factors) -> {
          Tensor x = random("x", 1, 6).expand(ROWS, 6).contiguous();
          Tensor whole = delta(layer, factors, x);
          Tensor sum = Tensors.zeros(ROWS, 5);
          for (int i = 0; i < 20; i++) {
            factors.meet(new RandomStreams(i));
            Tensor thin = Scopes.noGrad(() -> layer.forward(x));
            factors.rest();
            sum = sum.add(thin);
          }
          Tensor bare = Scopes.noGrad(() -> layer.forward(x)).sub(whole);
          Tensor mean = Ops.mean(Ops.mul(sum, 1.0 / 20).sub(bare), 0);
          assertThat(worst(mean, whole.select(0, 0)) / whole.abs().max().item_double())
              .isLessThan(0.1);
          // What is left of any row is one of the 8 sums of ranks.
          Map<String, Tensor> p = factors.parameters();
          Tensor ranks =
              x.narrow(0, 0, 1)
                  .matmul(Objects.requireNonNull(p.get("layer.lora_A.weight")).t())
                  .reshape(3, 1)
                  .mul(Objects.requireNonNull(p.get("layer.lora_B.weight")).t());
          factors.meet(new RandomStreams(0));
          Tensor thin = Scopes.noGrad(() -> layer.forward(x)).sub(bare);
          factors.rest();
          for (int row = 0; row < 20; row++) {
            double best = Double.MAX_VALUE;
            for (int set = 0; set < 8; set++) {
              Tensor some = Tensors.zeros(5);
              for (int r = 0; r < 3; r++) {
                some = (set >> r & 1) == 0 ? some : Ops.addScaled(some, ranks.select(0, r), 4);
              }
              best = Math.min(best, worst(thin.select(0, row), some));
            }
            assertThat(best).as("row %d", row).isLessThan(1e-5);
          }
        });
  }

  @Test
  void inputsAreLeftAwayAndTheOthersAreStronger() {
    with(
        new LoraThinning(0.25, 0, 0),
        (layer, factors) -> {
          LoraThinning.Layer thin = new LoraThinning(0.25, 0, 0).of(new RandomStreams(3), "layer");
          Tensor kept = thin.input(Ops.add(Tensors.zeros(ROWS, 6), 1));
          assertThat(kept.mean().item_double()).isCloseTo(1, within(0.05));
          assertThat(kept.max().item_double()).isCloseTo(1 / 0.75, within(1e-6));
          assertThat(kept.min().item_double()).isZero();
          assertThat(Tensors.toFloats(kept))
              .as("the same again, as recomputing needs")
              .isEqualTo(Tensors.toFloats(thin.input(Ops.add(Tensors.zeros(ROWS, 6), 1))));
          Tensor x = random("x", ROWS, 6);
          factors.meet(new RandomStreams(3));
          Tensor first = Scopes.noGrad(() -> layer.forward(x));
          factors.meet(new RandomStreams(4));
          Tensor other = Scopes.noGrad(() -> layer.forward(x));
          factors.rest();
          assertThat(worst(first, other)).isGreaterThan(0.01);
        });
  }

  @Test
  void wholeUpdatesAreLeftAway() {
    with(
        new LoraThinning(0, 0, 0.3),
        (layer, factors) -> {
          Tensor x = random("x", 4, 6);
          Tensor whole = Scopes.noGrad(() -> layer.forward(x));
          int without = 0;
          for (int i = 0; i < 200; i++) {
            factors.meet(new RandomStreams(i));
            without += worst(Scopes.noGrad(() -> layer.forward(x)), whole) == 0 ? 0 : 1;
            factors.rest();
          }
          assertThat(without).isBetween(40, 80);
          assertThat(worst(Scopes.noGrad(() -> layer.forward(x)), whole)).isZero();
        });
  }

  @Test
  void normsAreThoseOfTheProductAndCanBeLimited() {
    with(
        LoraThinning.NONE,
        (layer, factors) -> {
          Map<String, Tensor> p = factors.parameters();
          Tensor product =
              Objects.requireNonNull(p.get("layer.lora_B.weight"))
                  .matmul(Objects.requireNonNull(p.get("layer.lora_A.weight")));
          double norm = 2 * product.norm().item_double();
          assertThat(factors.norms()).containsOnlyKeys("layer");
          assertThat(factors.norms().get("layer")).isCloseTo(norm, within(1e-5));
          factors.limit(2 * norm);
          assertThat(factors.norms().get("layer")).isCloseTo(norm, within(1e-5));
          Tensor before = delta(layer, factors, random("x", 4, 6)).clone();
          factors.limit(norm / 4);
          assertThat(factors.norms().get("layer")).isCloseTo(norm / 4, within(1e-5));
          Tensor after = delta(layer, factors, random("x", 4, 6));
          assertThat(worst(Ops.mul(before, 0.25), after)).isLessThan(1e-5);
        });
  }

  /** A layer behind chooses its way of computing by how its input lies in memory. */
  @Test
  void aDeltaOfNothingLeavesAnImageAsItLies() {
    Scopes.run(() -> {
      LoraSlot slot = new LoraSlot();
      slot.put("it", new LoraSlot.Delta(random("d", 2, 8, 3, 3), Tensors.zeros(8, 2, 1, 1), 1));
      for (long side : new long[] {1, 2}) {
        Tensor y = Ops.channelsLast(random("y", 2, 8, side, side));
        long[] strides = {y.stride(0), y.stride(1), y.stride(2), y.stride(3)};
        Tensor sum =
            Scopes.noGrad(() ->
                slot.addTo(
                    y.clone(),
                    random("x", 2, 8, side, side),
                    Precision.F32,
                    (in, w, none) -> Ops.conv2d(in, w, Optional.empty(), 1, 1),
                    (in, w, none) -> Ops.conv2d(in, w, Optional.empty(), 1, 0)));
        assertThat(new long[] {sum.stride(0), sum.stride(1), sum.stride(2), sum.stride(3)})
            .isEqualTo(strides);
        assertThat(Tensors.toBytes(sum)).isEqualTo(Tensors.toBytes(y));
      }
    });
  }
}
