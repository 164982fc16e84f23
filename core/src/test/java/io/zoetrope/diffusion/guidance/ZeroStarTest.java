package io.zoetrope.diffusion.guidance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.Sight;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.Optional;
import java.util.function.DoubleBinaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;

/** CFG-Zero* against its formula, number by number, in f64. */
class ZeroStarTest {
  private static final long[] SHAPE = {2, 2, 3, 2, 2};
  private static final int CLIP = 2 * 3 * 2 * 2;
  private static final double W = 4;

  private static Tensor normal(String name) {
    return new RandomStreams(7).stream(name).normal(SHAPE).to(ScalarType.Double);
  }

  /** Velocities of a network by whether it is told the prompt: x0 is z less sigma times them. */
  private static X0Denoiser network(Tensor cond, Tensor neg) {
    return new X0Denoiser() {
      @Override
      public NoiseSchedule schedule() {
        return NoiseSchedule.flow(1);
      }

      @Override
      public Tensor x0(Tensor z, Tensor u_BF, Conditioning conditioning) {
        Tensor v = Tensors.cat(java.util.List.of(cond, neg), 0);
        Tensor sigma = u_BF.to(ScalarType.Double).reshape(u_BF.size(0), 1, u_BF.size(1), 1, 1);
        return z.sub(v.mul(sigma));
      }
    };
  }

  private static double[] guided(double[][] u, int steps, Tensor z, Tensor cond, Tensor neg) {
    double[] all = new double[6];
    for (int i = 0; i < 6; i++) {
      all[i] = u[i / 3][i % 3];
    }
    Conditioning text = Conditioning.none().withPooled(Tensors.full(1, 2, 1));
    ClassifierFreeGuidance guidance =
        new ClassifierFreeGuidance(
            network(cond, neg),
            Conditioning.none().withPooled(Tensors.full(0, 1, 1)),
            GuidanceScale.constant(W),
            GuidanceScale.constant(1),
            0,
            Optional.of(ZeroStar.of(steps, new double[] {1, 0.6, 0.3, 0})),
            Sight.whole());
    return Tensors.toDoubles(guidance.x0(z, Tensors.of(all, 2, 3), text));
  }

  /** Index of the frame of a number. */
  private static int frame(int i) {
    return i / 4 % 3;
  }

  private void check(double[][] u, DoubleBinaryOperator still, int steps) {
    Scopes.run(() -> {
      Tensor z = normal("z");
      Tensor cond = normal("cond");
      Tensor neg = normal("neg");
      double[] made = guided(u, steps, z, cond, neg);
      double[] zs = Tensors.toDoubles(z);
      double[] c = Tensors.toDoubles(cond);
      double[] n = Tensors.toDoubles(neg);
      for (int clip = 0; clip < 2; clip++) {
        double both = 0;
        double own = 0;
        for (int i = clip * CLIP; i < (clip + 1) * CLIP; i++) {
          if (u[clip][frame(i)] > 0) {
            both += c[i] * n[i];
            own += n[i] * n[i];
          }
        }
        double s = both / (own + 1e-8);
        for (int i = clip * CLIP; i < (clip + 1) * CLIP; i++) {
          double sigma = u[clip][frame(i)];
          double v = s * n[i] + W * (c[i] - s * n[i]);
          double expected = zs[i] - sigma * v * still.applyAsDouble(sigma, 0);
          assertThat(made[i]).isCloseTo(expected, offset(1e-9));
        }
      }
    });
  }

  @Test
  void velocitiesAreScaledClipByClip() {
    check(new double[][] {{0.5, 0.5, 0.5}, {0.8, 0.8, 0.8}}, (sigma, x) -> 1, 0);
  }

  /** Each frame's velocity is by its own sigma, and one that is held counts for nothing. */
  @Test
  void framesHaveLevelsOfTheirOwn() {
    check(new double[][] {{0.9, 0.5, 0.2}, {0.0, 0.7, 0.3}}, (sigma, x) -> 1, 0);
  }

  /** The first two steps begin at levels 1 and 0.6. */
  @Test
  void framesStandStillAtFirst() {
    check(
        new double[][] {{1.0, 0.6, 0.3}, {0.59, 0.7, 0.0}}, (sigma, x) -> sigma >= 0.6 ? 0 : 1, 2);
  }
}
