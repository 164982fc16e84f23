package io.zoetrope.diffusion.guidance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.zoetrope.diffusion.Levels;
import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class HandoverTest {
  /**
   * The exact denoiser of data of one standard deviation: {@code alpha d^2 z / (a^2 d^2 + s^2)}.
   */
  private record Gaussian(NoiseSchedule schedule, double deviation) implements X0Denoiser {
    @Override
    public Tensor x0(Tensor z, Tensor u_BF, Conditioning c) {
      Levels levels = schedule.levels(u_BF, z);
      double v = deviation * deviation;
      return z.mul(
          levels.coefficient(
              l -> l.alpha() * v / (l.alpha() * l.alpha() * v + l.sigma() * l.sigma()), z));
    }
  }

  private static Tensor video() {
    try (RandomStream stream = new RandomStreams(1).stream("z")) {
      return stream.normal(2, 3, 4, 5, 5);
    }
  }

  private static byte[] frame(Tensor x, long frame) {
    return Tensors.toBytes(x.select(2, frame));
  }

  @Test
  void eachFrameIsAskedOfTheModelOfItsLevel() {
    Scopes.run(() -> {
      NoiseSchedule flow = NoiseSchedule.flow(2);
      X0Denoiser early = new Gaussian(flow, 1);
      X0Denoiser late = new Gaussian(flow, 0.5);
      Tensor z = video();
      Tensor u_BF = Tensors.of(new double[] {0.9, 0.5, 0.500001, 0}, 1, 4);
      Tensor x0 = new Handover(early, late, 0.5).x0(z, u_BF, Conditioning.none());
      assertThat(frame(x0, 0)).isEqualTo(frame(early.x0(z, u_BF, Conditioning.none()), 0));
      assertThat(frame(x0, 1)).isEqualTo(frame(late.x0(z, u_BF, Conditioning.none()), 1));
      assertThat(frame(x0, 2)).isEqualTo(frame(early.x0(z, u_BF, Conditioning.none()), 2));
      assertThat(frame(x0, 3)).isEqualTo(frame(late.x0(z, u_BF, Conditioning.none()), 3));
      for (double all : new double[] {0, 1}) {
        X0Denoiser one = all == 0 ? early : late;
        Tensor high = Tensors.of(new double[] {0.7}, 1);
        assertThat(Tensors.toBytes(new Handover(early, late, all).x0(z, high, Conditioning.none())))
            .isEqualTo(Tensors.toBytes(one.x0(z, high, Conditioning.none())));
      }
    });
  }

  /** The exact denoiser is the same function of the same noisy video under every schedule. */
  @Test
  void theSecondModelMayHaveAScheduleOfItsOwn() {
    List<NoiseSchedule> schedules =
        List.of(
            NoiseSchedule.cosine(),
            NoiseSchedule.scaledLinear(),
            NoiseSchedule.karras(),
            NoiseSchedule.flow(1),
            NoiseSchedule.flow(3));
    for (NoiseSchedule first : schedules) {
      for (NoiseSchedule second : schedules) {
        Scopes.run(() -> {
          Tensor z = video();
          // Levels at which every one of the schedules has the same logSNR to offer.
          double[] u = {first.level(-4), first.level(-1), first.level(0.5), first.level(4)};
          Tensor u_BF = Tensors.of(u, 1, 4);
          double[] got =
              Tensors.toDoubles(
                  new Handover(new Gaussian(first, 9), new Gaussian(second, 0.8), 1)
                      .x0(z, u_BF, Conditioning.none()));
          double[] wanted =
              Tensors.toDoubles(new Gaussian(first, 0.8).x0(z, u_BF, Conditioning.none()));
          for (int i = 0; i < got.length; i++) {
            assertThat(got[i]).as("%s, %s", first, second).isCloseTo(wanted[i], within(1e-5));
          }
        });
      }
    }
  }

  @Test
  void theEndsAreFinite() {
    Scopes.run(() -> {
      Tensor u_BF = Tensors.of(new double[] {0, 1, 0, 1}, 1, 4);
      Tensor x0 =
          new Handover(
                  new Gaussian(NoiseSchedule.flow(1), 1),
                  new Gaussian(NoiseSchedule.karras(), 1),
                  1)
              .x0(video(), u_BF, Conditioning.none());
      for (float x : Tensors.toFloats(x0)) {
        assertThat(x).isFinite();
      }
    });
  }

  @Test
  void aLevelLiesBetweenCleanAndNoise() {
    X0Denoiser any = new Gaussian(NoiseSchedule.flow(1), 1);
    assertThatThrownBy(() -> new Handover(any, any, 1.5)).hasMessageContaining("1.5 does not");
  }

  @Test
  void theHighestLevelBelowANumber() {
    NoiseSchedule schedule = NoiseSchedule.flow(5);
    double level = Handover.levelBelow(schedule, 875);
    assertThat(schedule.timestepInput(level)).isLessThan(875);
    assertThat(schedule.timestepInput(Math.nextUp(level))).isGreaterThanOrEqualTo(875);
    assertThat(Handover.levelBelow(schedule, 2000)).isOne();
    assertThat(Handover.levelBelow(schedule, 0)).isZero();
  }

  /** Of two models the one that is not asked rests. */
  @Test
  void whoIsNotAskedRests() {
    Scopes.run(() -> {
      List<String> said = new ArrayList<>();
      X0Denoiser any = new Gaussian(NoiseSchedule.flow(1), 1);
      Handover both =
          new Handover(
              any,
              any,
              0.5,
              new Handover.Resting() {
                @Override
                public void early() {
                  said.add("early");
                }

                @Override
                public void late() {
                  said.add("late");
                }
              });
      Tensor z = Tensors.zeros(1, 1, 2, 2, 2);
      Tensor high = both.x0(z, Tensors.of(new double[] {0.9, 0.8}, 1, 2), Conditioning.none());
      assertThat(said).isEmpty();
      Tensor low = both.x0(z, Tensors.of(new double[] {0.5, 0.1}, 1, 2), Conditioning.none());
      assertThat(said).containsExactly("early");
      Tensor mixed = both.x0(z, Tensors.of(new double[] {0.6, 0.1}, 1, 2), Conditioning.none());
      assertThat(said).containsExactly("early", "early", "late");
      assertThat(List.of(high, low, mixed)).hasSize(3);
    });
  }
}
