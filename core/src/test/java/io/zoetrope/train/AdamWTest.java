package io.zoetrope.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.zoetrope.error.UserError;
import io.zoetrope.torch.Autograd;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.bytedeco.pytorch.AdamWOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.junit.jupiter.api.Test;

class AdamWTest {
  @Test
  void agreesWithTheNativeOneToTheBit() {
    Tensor ours = weights();
    Tensor theirs = weights();
    SequencedMap<String, Tensor> parameters = new LinkedHashMap<>();
    parameters.put("w", ours);
    AdamWOptions nativeOptions = new AdamWOptions(1e-2);
    nativeOptions.weight_decay().put(0.1);
    org.bytedeco.pytorch.AdamW reference =
        new org.bytedeco.pytorch.AdamW(new TensorVector(theirs), nativeOptions);
    try (AdamW adam =
        new AdamW(parameters, new AdamW.Options(0.9, 0.999, 1e-8, 0.1), Optimizer.DECAY_MATRICES)) {
      for (int i = 0; i < 200; i++) {
        Scopes.run(() -> {
          for (Tensor w : List.of(ours, theirs)) {
            Autograd.clear(w);
            Ops.mse(w.sin(), Tensors.full(0.3, 8, 8)).backward();
          }
          adam.step(1e-2);
          reference.step();
        });
      }
    }
    assertThat(Tensors.toFloats(ours)).isEqualTo(Tensors.toFloats(theirs));
  }

  private static Tensor weights() {
    float[] values = new float[64];
    for (int i = 0; i < 64; i++) {
      values[i] = (float) Math.cos(i);
    }
    return Scopes.keep(Tensors.of(values, 8, 8)).set_requires_grad(true);
  }

  @Test
  void biasesAreNotDecayedAndMissingGradientsLeaveAllAlone() {
    SequencedMap<String, Tensor> parameters = new LinkedHashMap<>();
    for (String name : List.of("matrix", "unused")) {
      parameters.put(name, Scopes.keep(Tensors.full(1, 2, 2)).set_requires_grad(true));
    }
    parameters.put("bias", Scopes.keep(Tensors.full(1, 2)).set_requires_grad(true));
    try (AdamW adam =
        new AdamW(parameters, new AdamW.Options(0.9, 0.99, 1e-8, 0.5), Optimizer.DECAY_MATRICES)) {
      Scopes.run(() -> {
        // Gradients of zero: only the decay moves anything.
        Ops.mul(
                TinyRun.get(parameters, "matrix").sum().add(TinyRun.get(parameters, "bias").sum()),
                0)
            .backward();
        adam.step(0.1);
      });
      assertThat(Tensors.toFloats(TinyRun.get(parameters, "matrix"))).containsOnly(0.95f);
      assertThat(Tensors.toFloats(TinyRun.get(parameters, "bias"))).containsOnly(1);
      assertThat(Tensors.toFloats(TinyRun.get(parameters, "unused"))).containsOnly(1);
      assertThat(Tensors.toLongs(TinyRun.get(adam.state(), "steps"))).containsExactly(1, 0, 1);
      assertThatThrownBy(() -> adam.restore("x.safetensors", Map.of()))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("x.safetensors");
    }
  }

  @Test
  void clippingScalesToTheLimit() {
    Tensor a = Scopes.keep(Tensors.full(0, 2)).set_requires_grad(true);
    Tensor b = Scopes.keep(Tensors.full(0, 2)).set_requires_grad(true);
    Tensor none = Scopes.keep(Tensors.full(0, 2)).set_requires_grad(true);
    List<Tensor> all = List.of(a, b, none);
    Scopes.run(() -> Ops.mul(a.sum(), 3).add(Ops.mul(b.sum(), 4)).backward());
    double norm = Math.sqrt(2 * 9 + 2 * 16);
    assertThat(GradientClip.clip(all, 0)).isCloseTo(norm, within(1e-6));
    assertThat(GradientClip.clip(all, 1)).isCloseTo(norm, within(1e-6));
    assertThat(GradientClip.clip(all, 1)).isCloseTo(1, within(1e-5));
    all.forEach(Autograd::clear);
    assertThat(GradientClip.clip(all, 1)).isZero();
    Scopes.run(() -> Ops.mul(a.sum(), Double.NaN).backward());
    assertThat(GradientClip.clip(all, 1)).isNaN();
  }

  @Test
  void theRateWarmsUpAndFallsToItsFloor() {
    LearningRate rate = new LearningRate(1, 10, 110, 0.1);
    assertThat(rate.at(0)).isCloseTo(0.1, within(1e-12));
    assertThat(rate.at(9)).isEqualTo(1);
    assertThat(rate.at(59)).isCloseTo(0.55, within(1e-12));
    assertThat(rate.at(109)).isCloseTo(0.1, within(1e-12));
    assertThat(rate.at(500)).isCloseTo(0.1, within(1e-12));
    assertThat(new LearningRate(2, 0, 5, 1).at(3)).isEqualTo(2);
  }
}
