package io.zoetrope.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.Parity;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.assertj.core.data.Offset;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;

class LayersTest {
  private static Tensor normal(String name, long... shape) {
    try (RandomStream stream = new RandomStreams(8).stream(name)) {
      return stream.normal(shape);
    }
  }

  private static ParameterStore store() {
    return ParameterStore.forTraining(Map.of(), new RandomStreams(1), Precision.F32);
  }

  private static Tensor parameter(ParameterStore store, String name) {
    return Objects.requireNonNull(store.parameters().get(name));
  }

  private static float distance(Tensor a, Tensor b) {
    return a.sub(b).abs().max().item_float();
  }

  @Test
  void rotatedProductsDependOnTheDistanceAlone() {
    Scopes.run(() -> {
      Tensor q = normal("q", 1, 1, 1, 16);
      Tensor k = normal("k", 1, 1, 1, 16);
      float near = product(q, 3, k, 5);
      assertThat(product(q, 10.5f, k, 12.5f)).isCloseTo(near, within());
      assertThat(product(q, 0, k, 0)).isCloseTo(q.mul(k).sum().item_float(), within());
      assertThat(product(q, 3, k, 4)).isNotCloseTo(near, within());
    });
  }

  private static Offset<Float> within() {
    return Offset.offset(1e-4f);
  }

  private static float product(Tensor q, float m, Tensor k, float n) {
    Rotary first = Rotary.of(List.of(new float[] {m}, new float[] {-m}), 16, 100);
    Rotary second = Rotary.of(List.of(new float[] {n}, new float[] {-n}), 16, 100);
    return first.apply(q).mul(second.apply(k)).sum().item_float();
  }

  @Test
  void attentionIsSoftmaxOfScaledProducts() {
    Scopes.run(() -> {
      Tensor q = normal("q", 2, 3, 5, 4);
      Tensor k = normal("k", 2, 3, 7, 4);
      Tensor v = normal("v", 2, 3, 7, 4);
      Tensor byHand = Ops.mul(q.matmul(k.transpose(2, 3)), 0.5).softmax(3).matmul(v);
      assertThat(distance(Ops.attention(q, k, v, Optional.empty()), byHand)).isLessThan(1e-5f);
    });
  }

  @Test
  void aLoraIsItsMergedWeightAndLeavesNoTrace() {
    Scopes.run(() -> {
      Map<String, Tensor> weights = new LinkedHashMap<>();
      weights.put("weight", normal("w", 6, 4));
      weights.put("bias", normal("b", 6));
      Linear layer = linear(weights);
      Tensor x = normal("x", 3, 4);
      byte[] before = Tensors.toBytes(layer.forward(x));

      Tensor down = normal("down", 2, 4);
      Tensor up = normal("up", 6, 2);
      layer.lora().put("style", new LoraSlot.Delta(down, up, 0.7));
      weights.put("weight", Ops.addScaled(weights.get("weight"), up.matmul(down), 0.7));
      assertThat(distance(layer.forward(x), linear(weights).forward(x))).isLessThan(1e-5f);

      layer.lora().remove("style");
      assertThat(Tensors.toBytes(layer.forward(x))).isEqualTo(before);
    });
  }

  private static Linear linear(Map<String, Tensor> weights) {
    return Linear.of(ParameterStore.forInference(weights, Precision.F32).root(), 4, 6, Init.ZEROS);
  }

  @Test
  void aLoraBesideAConvolutionIsItsMergedKernel() {
    Scopes.run(() -> {
      Map<String, Tensor> weights = new LinkedHashMap<>();
      weights.put("weight", normal("w", 6, 4, 3, 3));
      weights.put("bias", normal("b", 6));
      Tensor x = normal("x", 2, 4, 5, 7);
      Tensor down = normal("down", 2, 4, 3, 3);
      Tensor up = normal("up", 6, 2, 1, 1);
      Conv2d layer = conv(weights);
      layer.lora().put("style", new LoraSlot.Delta(down, up, 0.5));
      Tensor delta = up.reshape(6, 2).matmul(down.reshape(2, 36)).reshape(6, 4, 3, 3);
      weights.put("weight", Ops.addScaled(weights.get("weight"), delta, 0.5));
      assertThat(distance(layer.forward(x), conv(weights).forward(x))).isLessThan(1e-4f);
    });
  }

  private static Conv2d conv(Map<String, Tensor> weights) {
    return Conv2d.of(
        ParameterStore.forInference(weights, Precision.F32).root(), 4, 6, 3, 1, Init.ZEROS);
  }

  /** The kernel for channels-last loses the variance of what lies far from zero. */
  @Test
  void groupNormKeepsItsDigitsWhateverTheLayout() {
    Scopes.run(() -> {
      Tensor near = normal("near", 1, 16, 5, 6);
      Tensor far = Ops.add(normal("far", 1, 16, 5, 6), 30);
      Tensor both = Tensors.cat(List.of(near, far), 0);
      Tensor exact =
          Ops.groupNorm(both.to(ScalarType.Double), 4, Optional.empty(), Optional.empty(), 1e-5);
      Tensor plain = Ops.groupNorm(both, 4, Optional.empty(), Optional.empty(), 1e-5);
      Tensor x = Ops.channelsLast(both);
      Tensor last = Ops.groupNorm(x, 4, Optional.empty(), Optional.empty(), 1e-5);
      assertThat(Parity.distance(plain, exact)).isLessThan(2e-6);
      assertThat(Parity.distance(last, exact)).isLessThan(2e-6);
      // A row does not see what lies beside it.
      Tensor alone =
          Ops.groupNorm(Ops.channelsLast(near), 4, Optional.empty(), Optional.empty(), 1e-5);
      assertThat(last.narrow(0, 0, 1).equal(alone)).isTrue();
    });
  }

  @Test
  void sinusoidsAreCosinesThenSines() {
    Scopes.run(() -> {
      float[] row = Tensors.toFloats(LevelEmbedding.sinusoids(Tensors.full(3, 1), 4));
      assertThat(row)
          .usingComparatorWithPrecision(1e-6f)
          .containsExactly(
              (float) Math.cos(3),
              (float) Math.cos(0.03),
              (float) Math.sin(3),
              (float) Math.sin(0.03));
    });
  }

  @Test
  void aParameterDependsOnItsNameNotOnWhatWasBuiltBefore() {
    Scopes.run(() -> {
      ParameterStore first = store();
      Linear.of(first.root().at("a"), 4, 4, Init.xavier());
      Linear.of(first.root().at("b"), 4, 4, Init.xavier());
      ParameterStore second = store();
      Linear.of(second.root().at("b"), 4, 4, Init.xavier());
      assertThat(Tensors.toFloats(parameter(second, "b.weight")))
          .isEqualTo(Tensors.toFloats(parameter(first, "b.weight")));
    });
  }

  @Test
  void bf16HoldsProductsInBf16AndTheRestInF32() {
    Scopes.run(() -> {
      ParameterStore store =
          ParameterStore.forInference(
              Map.of(
                  "weight", normal("w", 6, 4).to(ScalarType.BFloat16),
                  "bias", normal("b", 6),
                  "norm.weight", normal("n", 6),
                  "norm.bias", normal("n", 6)),
              Precision.BF16);
      Linear layer = Linear.of(store.root(), 4, 6, Init.ZEROS);
      GroupNorm.of(store.root().at("norm"), 6, 2, 1e-6);
      assertThat(layer.forward(normal("x", 3, 4)).scalar_type().intern())
          .isEqualTo(ScalarType.BFloat16);
      assertThat(parameter(store, "norm.weight").scalar_type().intern())
          .isEqualTo(ScalarType.Float);
      store.requireComplete("test");
    });
  }

  @Test
  void whatIsMissingOrLeftOverIsNamed() {
    Scopes.run(() -> {
      ParameterStore missing = ParameterStore.forInference(Map.of(), Precision.F32);
      Linear.of(missing.root().at("head"), 2, 2, Init.ZEROS);
      assertThatThrownBy(() -> missing.requireComplete("x.safetensors"))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("x.safetensors lacks 2 of 2")
          .hasMessageContaining("head.weight");
      ParameterStore left =
          ParameterStore.forInference(Map.of("spare", normal("s", 1)), Precision.F32);
      assertThatThrownBy(() -> left.requireComplete("x.safetensors"))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("spare");
    });
  }
}
