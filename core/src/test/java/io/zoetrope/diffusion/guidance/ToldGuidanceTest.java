package io.zoetrope.diffusion.guidance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.Prediction;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;

/** Guidance that a network is told, and the guidance that it learns that from. */
class ToldGuidanceTest {
  private static final Conditioning NEGATIVE = words(-0.5f);

  private static Conditioning words(float... values) {
    return Conditioning.none().withPooled(Tensors.of(values, values.length, 1));
  }

  /** Answers tanh of its input, times its words. */
  private static final X0Denoiser BASE =
      X0Denoiser.of(
          (z, t, c) ->
              z.tanh()
                  .mul(
                      c.get(Conditioning.POOLED)
                          .orElseThrow()
                          .to(z.scalar_type())
                          .view(-1, 1, 1, 1, 1)),
          NoiseSchedule.flow(3),
          Prediction.FLOW);

  private static Tensor video() {
    try (RandomStream stream = new RandomStreams(4).stream("z")) {
      return stream.normal(2, 3, 4, 2, 2).to(ScalarType.Double);
    }
  }

  @Test
  void whatIsLearnedIsClassifierFreeGuidanceOfTheScaleThatIsTold() {
    Scopes.run(() -> {
      Tensor z = video();
      Tensor u = Tensors.of(new double[] {0.2, 0.5, 0.7, 1}, 1, 4);
      Conditioning said = words(0.9f, 0.4f);
      X0Denoiser usual = new ClassifierFreeGuidance(BASE, NEGATIVE, 3.5);
      X0Denoiser told =
          new ToldGuidance(new GuidedAsTold(BASE, NEGATIVE), GuidanceScale.constant(3.5));
      double far = usual.x0(z, u, said).sub(told.x0(z, u, said)).abs().max().item_double();
      assertThat(far).isCloseTo(0, within(1e-12));
    });
  }

  @Test
  void everyFrameIsToldTheWeightOfItsOwnScale() {
    Scopes.run(() -> {
      List<double[]> heard = new ArrayList<>();
      X0Denoiser network =
          X0Denoiser.of(
              (z, t, c) -> {
                heard.add(Tensors.toDoubles(c.get(Conditioning.GUIDANCE).orElseThrow()));
                return z;
              },
              NoiseSchedule.flow(1),
              Prediction.X0);
      new ToldGuidance(network, GuidanceScale.overFrames(1, 4))
          .x0(video(), Tensors.full(0.5, 1), Conditioning.none());
      assertThat(heard).hasSize(1);
      assertThat(heard.getFirst()).containsExactly(0, 1, 2, 3, 0, 1, 2, 3);
    });
  }

  @Test
  void weightsOfClipsMayDiffer() {
    Scopes.run(() -> {
      Tensor z = video();
      Tensor u = Tensors.full(0.5, 1);
      Conditioning said = words(0.9f, 0.4f);
      Tensor w = Tensors.of(new double[] {0, 0, 0, 0, 2, 2, 2, 2}, 2, 4);
      Tensor made = new GuidedAsTold(BASE, NEGATIVE).x0(z, u, said.with(Conditioning.GUIDANCE, w));
      Tensor plain = BASE.x0(z, u, said);
      Tensor away = BASE.x0(z, u, NEGATIVE.expand(2));
      assertThat(made.select(0, 0).equal(plain.select(0, 0))).as("weight 0 is none").isTrue();
      Tensor wanted = plain.add(Ops.mul(plain.sub(away), 2)).select(0, 1);
      assertThat(made.select(0, 1).sub(wanted).abs().max().item_double()).isLessThan(1e-12);
    });
  }
}
