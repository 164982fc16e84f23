package io.zoetrope.diffusion.guidance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.Prediction;
import io.zoetrope.diffusion.Sight;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Guidance by what each frame would be alone (Esser et al. 2023, equation 8). */
class TemporalGuidanceTest {
  private static final GuidanceScale ONE = GuidanceScale.constant(1);

  private PointerScope scope = new PointerScope();
  private final List<Long> batches = new ArrayList<>();
  private Tensor z = Tensors.zeros(1);
  private Tensor u_BF = Tensors.zeros(1);
  private Conditioning positive = Conditioning.none();
  private Conditioning negative = Conditioning.none();

  /** Adds to each frame the mean of those of its group; answers times what it is told. */
  private final X0Denoiser base =
      X0Denoiser.of(
          (input, told, c) -> {
            batches.add(input.size(0));
            boolean alone = c.get(Conditioning.FRAME_GROUPS).isPresent();
            Tensor others = alone ? input : input.mean(new long[] {2}, true, null);
            return input
                .add(others)
                .tanh()
                .mul(c.get(Conditioning.POOLED).orElseThrow().view(-1, 1, 1, 1, 1));
          },
          NoiseSchedule.cosine(),
          Prediction.V);

  @BeforeEach
  void open() {
    scope = new PointerScope();
    try (RandomStream stream = new RandomStreams(6).stream("z")) {
      z = stream.normal(2, 3, 4, 5, 5);
    }
    u_BF = Tensors.of(new double[] {0.1, 0.4, 0.6, 0.9}, 1, 4);
    positive = Conditioning.none().withPooled(Tensors.of(new float[] {0.9f, 0.8f}, 2, 1));
    negative = Conditioning.none().withPooled(Tensors.of(new float[] {-0.3f}, 1, 1));
  }

  @AfterEach
  void close() {
    scope.close();
  }

  private Tensor guided(GuidanceScale scale, GuidanceScale temporal) {
    batches.clear();
    return new ClassifierFreeGuidance(base, negative, scale, temporal, 0, Sight.whole())
        .x0(z, u_BF, positive);
  }

  private Tensor alone() {
    Tensor groups = Tensors.of(new long[] {0, 1, 2, 3}, 1, 4).expand(2, 4).contiguous();
    return base.x0(z, u_BF, negative.expand(2).with(Conditioning.FRAME_GROUPS, groups));
  }

  @Test
  void oneIsPlainGuidanceAndCostsNothing() {
    Tensor plain =
        new ClassifierFreeGuidance(base, negative, GuidanceScale.constant(5), 0)
            .x0(z, u_BF, positive);
    Tensor same = guided(GuidanceScale.constant(5), ONE);
    assertThat(Tensors.toBytes(same)).isEqualTo(Tensors.toBytes(plain));
    assertThat(batches).containsExactly(4L);
    guided(ONE, ONE);
    assertThat(batches).containsExactly(2L);
  }

  @Test
  void isTheFormulaOfThePaper() {
    Tensor c = base.x0(z, u_BF, positive);
    Tensor n = base.x0(z, u_BF, negative.expand(2));
    Tensor alone = alone();
    for (double w : new double[] {0, 1, 4}) {
      for (double t : new double[] {0, 0.5, 2}) {
        Tensor made = guided(GuidanceScale.constant(w), GuidanceScale.constant(t));
        Tensor wished =
            alone.add(n.sub(alone).mul(Tensors.full(t, 1))).add(c.sub(n).mul(Tensors.full(w, 1)));
        assertThat(made.sub(wished).abs().max().item_double()).isCloseTo(0, within(1e-5));
        assertThat(batches).as("two passes beside each other, one more").containsExactly(4L, 2L);
      }
    }
  }

  @Test
  void zeroLeavesEachFrameToItself() {
    GuidanceScale none = GuidanceScale.constant(0);
    assertThat(guided(none, none).sub(alone()).abs().max().item_double())
        .isCloseTo(0, within(1e-6));
  }

  @Test
  void isPerFrame() {
    Tensor plain = guided(GuidanceScale.constant(3), ONE);
    Tensor some = guided(GuidanceScale.constant(3), GuidanceScale.overFrames(1, 2));
    assertThat(Tensors.toBytes(some.select(2, 0))).isEqualTo(Tensors.toBytes(plain.select(2, 0)));
    assertThat(Tensors.toBytes(some.select(2, 3)))
        .isNotEqualTo(Tensors.toBytes(plain.select(2, 3)));
  }
}
