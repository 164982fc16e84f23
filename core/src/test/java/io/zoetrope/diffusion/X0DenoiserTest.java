package io.zoetrope.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.diffusion.condition.Signature;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;

/** Networks behind the denoiser contract. */
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

  /** A network of 5 channels: 3 of the noisy video, 2 of what is beside it. */
  private record Beside(int gives) implements Denoiser {
    @Override
    public Tensor predict(Tensor z, Tensor t_BF, Conditioning c) {
      assertThat(c.slots()).as("joined, so not told again").doesNotContain(Conditioning.BESIDE);
      return Tensors.cat(Collections.nCopies(gives, z.narrow(1, 3, 1)), 1);
    }

    @Override
    public Optional<Signature> signature() {
      return Optional.of(new Signature(5, gives, Set.of(Conditioning.BESIDE), Set.of()));
    }
  }

  @Test
  void aClipBesideIsJoinedAfterScaling() {
    Scopes.run(() -> {
      Tensor z = normal("z", 1, 3, 2, 4, 4);
      Tensor clip = normal("beside", 1, 2, 2, 4, 4);
      Tensor u_BF = Tensors.of(new double[] {0.2, 0.8}, 1, 2);
      Conditioning shown = Conditioning.none().with(Conditioning.BESIDE, clip);
      // With EDM the input is scaled, so what comes back says whether the clip was scaled with it.
      Tensor[] seen = new Tensor[1];
      Denoiser network =
          (input, t_BF, c) -> {
            seen[0] = input;
            return input.narrow(1, 0, 3);
          };
      X0Denoiser.of(network, NoiseSchedule.karras(), Prediction.EDM).x0(z, u_BF, shown);
      assertThat(Tensors.shape(seen[0])).containsExactly(1, 5, 2, 4, 4);
      assertThat(seen[0].narrow(1, 3, 2).equal(clip)).isTrue();
      assertThat(seen[0].narrow(1, 0, 3).equal(z)).isFalse();
    });
  }

  @Test
  void whatDoesNotFitANetworkIsRefused() {
    Scopes.run(() -> {
      Tensor z = normal("z", 1, 3, 2, 4, 4);
      Tensor u_BF = Tensors.full(0.5, 1, 2);
      X0Denoiser fits = X0Denoiser.of(new Beside(3), NoiseSchedule.flow(1), Prediction.FLOW);
      Conditioning shown =
          Conditioning.none().with(Conditioning.BESIDE, normal("beside", 1, 2, 2, 4, 4));
      fits.x0(z, u_BF, shown);
      assertThatThrownBy(() -> fits.x0(z, u_BF, Conditioning.none()))
          .hasMessageContaining("needs 'beside'");
      Conditioning wide =
          Conditioning.none().with(Conditioning.BESIDE, normal("beside", 1, 4, 2, 4, 4));
      assertThatThrownBy(() -> fits.x0(z, u_BF, wide))
          .hasMessageContaining("takes 5 channels, not a video of shape [1, 7, 2, 4, 4]");
      assertThatThrownBy(() -> fits.x0(z, u_BF, shown.with(Conditioning.hint(0), z)))
          .hasMessageContaining("does not read 'hint.0'");
      fits.x0(z, u_BF, shown.withPooled(Tensors.zeros(1, 4))); // harmless
      X0Denoiser other = X0Denoiser.of(new Beside(6), NoiseSchedule.flow(1), Prediction.FLOW);
      assertThatThrownBy(() -> other.x0(z, u_BF, shown))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("gives 6 channels");
    });
  }
}
