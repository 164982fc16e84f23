package io.zoetrope.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;

/** Networks behind the denoiser contract, and conditioning. */
class X0DenoiserTest {
  private static Tensor normal(String name, long... shape) {
    try (RandomStream stream = new RandomStreams(8).stream(name)) {
      return stream.normal(shape).to(ScalarType.Double);
    }
  }

  @Test
  void aPerfectNetworkGivesBackTheCleanVideo() {
    try (PointerScope scope = new PointerScope()) {
      for (NoiseSchedule schedule : NoiseScheduleTest.all().toList()) {
        for (Prediction prediction : PredictionTest.ALL) {
          Tensor x0 = normal("x0", 2, 3, 4, 2, 2);
          Tensor eps = normal("eps", 2, 3, 4, 2, 2);
          Tensor u_BF = Tensors.of(new double[] {0.1, 0.4, 0.6, 0.9, 0.3, 0.3, 0.3, 0.3}, 2, 4);
          Tensor z = schedule.noisyInput(x0, eps, u_BF);
          Levels levels = schedule.levels(u_BF, z);
          Denoiser perfect =
              (input, told, c) -> {
                assertThat(Tensors.shape(told)).containsExactly(2, 4);
                assertThat(told.scalar_type().intern()).isEqualTo(ScalarType.Float);
                assertThat(Tensors.toFloats(told)[1])
                    .isEqualTo((float) schedule.timestepInput(0.4));
                return prediction.from(x0, eps, levels);
              };
          Tensor got =
              X0Denoiser.of(perfect, schedule, prediction).x0(z, u_BF, Conditioning.none());
          assertThat(got.sub(x0).abs().max().item_double()).isCloseTo(0, within(1e-11));
        }
      }
    }
  }

  @Test
  void edmNetworksSeeTheirInputScaled() {
    try (PointerScope scope = new PointerScope()) {
      NoiseSchedule schedule = NoiseSchedule.karras();
      List<Double> seen = new ArrayList<>();
      Denoiser network =
          (input, told, c) -> {
            seen.add(input.select(2, 1).mean().item_double());
            return input;
          };
      Tensor z = Tensors.full(3, 1, 1, 2, 2, 2).to(ScalarType.Double);
      Tensor u_BF = Tensors.of(new double[] {0.2, 0.8}, 1, 2);
      X0Denoiser.of(network, schedule, Prediction.EDM).x0(z, u_BF, Conditioning.none());
      double sigma = schedule.sigma(0.8);
      assertThat(seen.getFirst()).isCloseTo(3 / Math.sqrt(sigma * sigma + 0.25), within(1e-12));
    }
  }

  @Test
  void anAnswerOfAnotherShapeIsRefused() {
    try (PointerScope scope = new PointerScope()) {
      X0Denoiser wrong =
          X0Denoiser.of(
              (input, told, c) -> Tensors.zeros(1, 1, 2, 1, 1),
              NoiseSchedule.flow(1),
              Prediction.FLOW);
      assertThatThrownBy(() ->
              wrong.x0(Tensors.zeros(1, 1, 2, 4, 4), Tensors.full(0.5, 1), Conditioning.none()))
          .hasMessageContaining("[1, 1, 2, 1, 1] to a video of [1, 1, 2, 4, 4]");
    }
  }

  @Test
  void gradientsFlowThrough() {
    try (PointerScope scope = new PointerScope()) {
      NoiseSchedule schedule = NoiseSchedule.cosine();
      Denoiser network = (input, told, c) -> input.tanh();
      X0Denoiser denoiser = X0Denoiser.of(network, schedule, Prediction.V);
      Tensor u_BF = Tensors.of(new double[] {0.2, 0.5, 0.8}, 1, 3);
      Tensor z = normal("z", 1, 1, 3, 1, 1).detach().requires_grad_(true);
      denoiser.x0(z, u_BF, Conditioning.none()).square().sum().backward();
      double[] gradient = Tensors.toDoubles(new Tensor(z.grad()));
      double[] at = Tensors.toDoubles(z);
      for (int i = 0; i < 3; i++) {
        double[] up = at.clone();
        double[] down = at.clone();
        up[i] += 1e-5;
        down[i] -= 1e-5;
        double slope = (energy(denoiser, up, u_BF) - energy(denoiser, down, u_BF)) / 2e-5;
        assertThat(gradient[i]).isCloseTo(slope, within(1e-7));
      }
    }
  }

  private static double energy(X0Denoiser denoiser, double[] z, Tensor u_BF) {
    return denoiser
        .x0(Tensors.of(z, 1, 1, 3, 1, 1), u_BF, Conditioning.none())
        .square()
        .sum()
        .item_double();
  }

  @Test
  void conditioningJoinsAndExpands() {
    try (PointerScope scope = new PointerScope()) {
      Conditioning a =
          Conditioning.text(Tensors.full(1, 2, 5, 4), Tensors.full(1, 2, 5))
              .with(Conditioning.POOLED, Tensors.full(1, 2, 4));
      Conditioning b =
          Conditioning.text(Tensors.full(0, 1, 5, 4), Tensors.full(0, 1, 5))
              .with(Conditioning.POOLED, Tensors.full(0, 1, 4));
      Conditioning both = Conditioning.concat(List.of(a, b.expand(2)));
      assertThat(Tensors.shape(both.text().orElseThrow())).containsExactly(4, 5, 4);
      assertThat(Tensors.shape(both.textMask().orElseThrow())).containsExactly(4, 5);
      assertThat(Tensors.toFloats(both.pooled().orElseThrow()))
          .containsExactly(1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0);
      assertThat(Conditioning.concat(List.of(Conditioning.none(), Conditioning.none())).tensors())
          .isEmpty();
      assertThatThrownBy(() -> Conditioning.concat(List.of(a, Conditioning.none())))
          .hasMessageContaining("different names");
      assertThatThrownBy(() ->
              Conditioning.concat(
                  List.of(
                      Conditioning.text(Tensors.zeros(1, 5, 4)),
                      Conditioning.text(Tensors.zeros(1, 6, 4)))))
          .hasMessageContaining("[1, 5, 4] and [1, 6, 4]");
      assertThatThrownBy(() -> a.expand(3)).hasMessageContaining("2 clips, not 3");
    }
  }
}
