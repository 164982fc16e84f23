package io.zoetrope.train.distill;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.diffusion.Levels;
import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.Prediction;
import io.zoetrope.diffusion.TimestepSampler;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.diffusion.sampler.Ddim;
import io.zoetrope.diffusion.sampler.Noise;
import io.zoetrope.diffusion.sampler.Sampler;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import io.zoetrope.train.objective.LossError;
import io.zoetrope.train.objective.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What students should say, against the steps that it stands for, in f64. */
class TargetsTest {
  private static final int LEVELS = 4;

  /** Frame 0 is given; the others are at the ends of the grid and in between. */
  private static final double[] U = {0, 0.25, 0.5, 0.75, 1, 0.75, 1, 0.25, 0, 0.5};

  private static Stream<Arguments> kinds() {
    List<Arguments> all = new ArrayList<>();
    for (Prediction p :
        List.of(Prediction.EPS, Prediction.X0, Prediction.V, Prediction.FLOW, Prediction.EDM)) {
      all.add(Arguments.of(p, NoiseSchedule.flow(1)));
      all.add(Arguments.of(p, NoiseSchedule.flow(6)));
      all.add(Arguments.of(p, NoiseSchedule.cosine()));
      all.add(Arguments.of(p, NoiseSchedule.scaledLinear()));
      all.add(Arguments.of(p, NoiseSchedule.karras()));
    }
    return all.stream();
  }

  /** A teacher whose answers depend on level, frame and place, and are no straight line. */
  private static X0Denoiser teacher(NoiseSchedule schedule) {
    return new X0Denoiser() {
      @Override
      public NoiseSchedule schedule() {
        return schedule;
      }

      @Override
      public Tensor x0(Tensor z, Tensor u_BF, Conditioning conditioning) {
        Levels levels = schedule.levels(u_BF, z);
        Tensor unit = z.mul(levels.coefficient(l -> 1 / l.scale(), z));
        return unit.sin().mul(levels.coefficient(l -> 1 - 0.5 * l.u() * l.u(), z));
      }
    };
  }

  private static Target.Noisy noisy(NoiseSchedule schedule) {
    Tensor x0 = normal("x0");
    Tensor eps = normal("eps");
    Tensor u = Tensors.of(U, 2, 5);
    return new Target.Noisy(
        x0, eps, schedule.noisyInput(x0, eps, u), schedule.levels(u, x0), Conditioning.none());
  }

  private static Tensor normal(String name) {
    try (RandomStream stream = new RandomStreams(8).stream(name)) {
      return stream.normal(2, 3, 5, 4, 4).to(ScalarType.Double);
    }
  }

  private static Tensor walked(X0Denoiser teacher, Tensor z, int steps) {
    Tensor at = Tensors.of(U, 2, 5);
    Tensor down = Ops.mul(at.gt(Tensors.full(0, 1)).to(ScalarType.Double), 1.0 / LEVELS / steps);
    try (Sampler.Run run = new Ddim().begin(teacher, Noise.of(new RandomStreams(0), 2))) {
      for (int j = 0; j < steps; j++) {
        Tensor next = at.sub(down);
        z = run.step(z, at, next);
        at = next;
      }
    }
    return z;
  }

  /** The largest difference over frames that are not given, against the largest number. */
  private static double far(Tensor a, Tensor b) {
    double most = 0;
    for (int i = 0; i < U.length; i++) {
      if (U[i] > 0) {
        Tensor one = a.select(0, i / 5).select(1, i % 5);
        Tensor other = b.select(0, i / 5).select(1, i % 5);
        double scale = Math.max(1, other.abs().max().item_double());
        most = Math.max(most, one.sub(other).abs().max().item_double() / scale);
      }
    }
    return most;
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void oneStepOfTheTargetIsTwoOfTheTeacher(Prediction prediction, NoiseSchedule schedule) {
    boolean blind = prediction.equals(Prediction.EPS) && schedule.at(1).alpha() == 0;
    Scopes.run(() -> {
      X0Denoiser teacher = teacher(schedule);
      Target.Noisy noisy = noisy(schedule);
      Tensor raw = Targets.progressive(teacher, prediction, LEVELS, 2).of(noisy);
      assertThat(raw.isfinite().all().item_bool()).isTrue();
      X0Denoiser student =
          new X0Denoiser() {
            @Override
            public NoiseSchedule schedule() {
              return schedule;
            }

            @Override
            public Tensor x0(Tensor z, Tensor u_BF, Conditioning conditioning) {
              return prediction.toX0(raw, z, schedule.levels(u_BF, z));
            }
          };
      Tensor two = walked(teacher, noisy.z_BCFHW(), 2);
      Tensor one = walked(student, noisy.z_BCFHW(), 1);
      // At alpha 0 eps says nothing of x0, whatever the student says.
      if (!blind) {
        assertThat(far(one, two)).isLessThan(1e-9);
      }
      for (int i = 0; i < U.length; i++) {
        if (U[i] == 0) {
          assertThat(
                  two.select(0, i / 5)
                      .select(1, i % 5)
                      .equal(noisy.z_BCFHW().select(0, i / 5).select(1, i % 5)))
              .as("a given frame stays to the bit")
              .isTrue();
        }
      }
    });
  }

  @Test
  void ofRectifiedFlowItIsTheMeanVelocity() {
    Scopes.run(() -> {
      NoiseSchedule schedule = NoiseSchedule.flow(6);
      Target.Noisy noisy = noisy(schedule);
      X0Denoiser teacher = teacher(schedule);
      Tensor raw = Targets.progressive(teacher, Prediction.FLOW, LEVELS, 3).of(noisy);
      Tensor way = noisy.z_BCFHW().sub(walked(teacher, noisy.z_BCFHW(), 3));
      Tensor time =
          noisy
              .levels()
              .coefficient(
                  l -> l.u() == 0 ? 1 : l.sigma() - schedule.sigma(l.u() - 1.0 / LEVELS), way);
      assertThat(far(raw, way.div(time))).isLessThan(1e-12);
    });
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void guidanceIsTheTeachersAnswer(Prediction prediction, NoiseSchedule schedule) {
    Scopes.run(() -> {
      Target.Noisy noisy = noisy(schedule);
      Tensor raw = Targets.guidance(teacher(schedule), prediction).of(noisy);
      Tensor x0 = prediction.toX0(raw, noisy.z_BCFHW(), noisy.levels());
      Tensor wanted =
          teacher(schedule).x0(noisy.z_BCFHW(), Tensors.of(U, 2, 5), Conditioning.none());
      boolean blind = prediction.equals(Prediction.EPS) && schedule.at(1).alpha() == 0;
      if (!blind) {
        assertThat(far(x0, wanted)).isLessThan(1e-9);
      }
    });
  }

  /** The lowest level leads to the teacher's own end; others to what the student says below. */
  @Test
  void consistencyIsTheStudentsOwnAnswerFurtherDown() {
    Scopes.run(() -> {
      NoiseSchedule schedule = NoiseSchedule.flow(3);
      X0Denoiser teacher = teacher(schedule);
      List<double[]> asked = new ArrayList<>();
      X0Denoiser student =
          new X0Denoiser() {
            @Override
            public NoiseSchedule schedule() {
              return schedule;
            }

            @Override
            public Tensor x0(Tensor z, Tensor u_BF, Conditioning conditioning) {
              asked.add(Tensors.toDoubles(u_BF));
              return Ops.mul(z, 0.5);
            }
          };
      Target.Noisy noisy = noisy(schedule);
      Target target =
          Targets.consistency(new Way.Pair(teacher, student, Prediction.FLOW), LEVELS, 1e-3);
      Tensor x0 = Prediction.FLOW.toX0(target.of(noisy), noisy.z_BCFHW(), noisy.levels());
      Tensor down = walked(teacher, noisy.z_BCFHW(), 1);
      double[] below = asked.getFirst();
      for (int i = 0; i < U.length; i++) {
        assertThat(below[i]).isEqualTo(U[i] == 0 ? 0 : U[i] - 0.25);
        Tensor made = x0.select(0, i / 5).select(1, i % 5);
        Tensor wanted = down.select(0, i / 5).select(1, i % 5);
        if (U[i] > 0) {
          Tensor said = U[i] == 0.25 ? wanted : Ops.mul(wanted, 0.5);
          assertThat(made.sub(said).abs().max().item_double()).isLessThan(1e-12);
        }
      }
      Tensor error =
          target.error(
              Tensors.full(2, 2, 3, 5, 4, 4).to(ScalarType.Double),
              noisy.levels(),
              new LossError.Square());
      // A difference of velocities of 2 is one of x0 of 2 sigma.
      assertThat(error.select(0, 0).select(1, 4).max().item_double())
          .isCloseTo(Math.sqrt(4 + 1e-6) - 1e-3, org.assertj.core.api.Assertions.within(1e-12));
    });
  }

  @Test
  void aGridHasEveryLevelAlikeAndNoOther() {
    int[] counts = new int[LEVELS + 1];
    for (int i = 0; i < 4000; i++) {
      double u = new TimestepSampler.Grid(LEVELS).level(NoiseSchedule.flow(1), i / 4000.0, 0);
      counts[(int) Math.round(u * LEVELS)]++;
    }
    assertThat(counts).containsExactly(0, 1000, 1000, 1000, 1000);
  }
}
