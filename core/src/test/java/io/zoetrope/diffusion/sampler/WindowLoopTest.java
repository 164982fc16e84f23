package io.zoetrope.diffusion.sampler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.Plans;
import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.progress.Progress;
import io.zoetrope.progress.Report;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WindowLoopTest {
  private static final NoiseSchedule SCHEDULE = NoiseSchedule.flow(2);
  private static final Noise NOISE = Noise.of(new RandomStreams(5), 2);

  static Stream<Sampler> samplers() {
    return SamplerContractTest.SAMPLERS.stream();
  }

  /** Looks at every frame by itself, so that it does not matter which others are in sight. */
  private static X0Denoiser framewise() {
    return Mixture.twoBumps(SCHEDULE);
  }

  /** Mixes every frame with all others in sight. */
  private interface Mixing extends X0Denoiser {
    @Override
    default Tensor x0(Tensor z, Tensor u_BF, Conditioning c) {
      Tensor all = z.narrow(2, 0, 1);
      for (long f = 1; f < z.size(2); f++) {
        all = all.add(z.narrow(2, f, 1));
      }
      return Ops.mul(z, 0.5).add(Ops.mul(all, 0.3 / z.size(2))).tanh();
    }
  }

  private static Tensor nothing(int frames) {
    return Tensors.zeros(2, 3, frames, 4, 4);
  }

  /** The bytes of each frame as it is given out. */
  private static List<byte[]> frames(WindowLoop loop, Tensor begun, long frames) {
    List<byte[]> out = new ArrayList<>();
    loop.run(
        begun,
        frames,
        NOISE,
        new WindowLoop.Watcher() {
          @Override
          public void at(long first, int length) {}

          @Override
          public void done(long number, Tensor z) {
            assertThat(number).isEqualTo(out.size());
            assertThat(Tensors.shape(z)).containsExactly(2, 3, 1, 4, 4);
            out.add(Tensors.toBytes(z));
          }
        },
        Progress.NONE);
    return out;
  }

  /** With every sampler, those that draw noise and those that remember a step among them. */
  @ParameterizedTest
  @MethodSource("samplers")
  void isALongPyramidToTheLastBit(Sampler sampler) {
    Scopes.run(() -> {
      for (int window : new int[] {2, 4}) {
        int context = window == 2 ? 3 : 0;
        double[] levels = SCHEDULE.spacing(4);
        int count = 6;
        List<byte[]> rolled =
            frames(
                new WindowLoop(sampler, framewise(), levels, window, context), nothing(0), count);
        TimestepPlan plan = Plans.roll(levels, count, window);
        Tensor start = SamplerLoop.start(plan, SCHEDULE, nothing(count), NOISE);
        Tensor whole = new SamplerLoop(sampler, framewise()).run(plan, start, NOISE, Progress.NONE);
        assertThat(rolled).hasSize(count);
        for (int f = 0; f < count; f++) {
          assertThat(rolled.get(f))
              .as("%s, window %d, context %d, frame %d", sampler, window, context, f)
              .isEqualTo(Tensors.toBytes(whole.narrow(2, f, 1)));
        }
      }
    });
  }

  @ParameterizedTest
  @MethodSource("samplers")
  void aFrameDependsOnNothingThatComesLater(Sampler sampler) {
    Scopes.run(() -> {
      WindowLoop loop = new WindowLoop(sampler, (Mixing) () -> SCHEDULE, SCHEDULE.spacing(4), 4, 2);
      List<byte[]> few = frames(loop, nothing(0), 5);
      List<byte[]> many = frames(loop, nothing(0), 12);
      for (int f = 0; f < few.size(); f++) {
        assertThat(many.get(f)).isEqualTo(few.get(f));
      }
    });
  }

  @Test
  void theContextIsSeenAndTheBeginningKept() {
    Scopes.run(() -> {
      Tensor begun = Tensors.full(0.7, 2, 3, 2, 4, 4);
      X0Denoiser mixing = (Mixing) () -> SCHEDULE;
      WindowLoop loop = new WindowLoop(new FlowEuler(), mixing, SCHEDULE.spacing(4), 4, 3);
      List<byte[]> with = frames(loop, begun, 7);
      assertThat(with).hasSize(7);
      for (int f = 0; f < 2; f++) {
        assertThat(with.get(f)).isEqualTo(Tensors.toBytes(begun.narrow(2, f, 1)));
      }
      List<byte[]> other = frames(loop, Tensors.full(-0.7, 2, 3, 2, 4, 4), 7);
      assertThat(other.get(2)).isNotEqualTo(with.get(2));
      WindowLoop blind = new WindowLoop(new FlowEuler(), mixing, SCHEDULE.spacing(4), 4, 0);
      List<byte[]> without = frames(blind, nothing(0), 7);
      List<byte[]> sighted = frames(loop, nothing(0), 7);
      assertThat(sighted.get(0)).as("nothing lies before").isEqualTo(without.get(0));
      assertThat(sighted.get(1)).isNotEqualTo(without.get(1));
      assertThat(frames(loop, begun, 1)).hasSize(1);
    });
  }

  @Test
  void theWatcherIsToldOfEachWindow() {
    List<String> seen = new ArrayList<>();
    Scopes.run(() ->
        new WindowLoop(new FlowEuler(), framewise(), SCHEDULE.spacing(6), 3, 1)
            .run(
                nothing(0),
                4,
                NOISE,
                new WindowLoop.Watcher() {
                  @Override
                  public void at(long first, int length) {
                    seen.add(first + "+" + length);
                  }

                  @Override
                  public void done(long number, Tensor z) {
                    seen.add("done " + number);
                  }
                },
                Progress.NONE));
    assertThat(seen)
        .containsExactly("0+3", "done 0", "0+4", "done 1", "1+4", "done 2", "2+4", "done 3");
  }

  @Test
  void nativeMemoryIsFlat() {
    for (Sampler sampler : List.of(new DpmSolverPlusPlus2M(), new Ancestral(0))) {
      long[] at = new long[2];
      Scopes.run(() -> {
        // 64 KiB a frame: one left behind by each would be 12 MiB at the end.
        Tensor nothing = Tensors.zeros(1, 16, 0, 32, 32);
        new WindowLoop(sampler, (Mixing) () -> SCHEDULE, SCHEDULE.spacing(4), 4, 2)
            .run(
                nothing,
                200,
                Noise.of(new RandomStreams(1)),
                new WindowLoop.Watcher() {
                  @Override
                  public void at(long first, int length) {}

                  @Override
                  public void done(long number, Tensor z) {
                    if (number == 20 || number == 199) {
                      at[number == 20 ? 0 : 1] = handles();
                    }
                  }
                },
                Progress.NONE);
      });
      assertThat(at[1]).as("native objects under %s", sampler).isLessThanOrEqualTo(at[0] + 5);
    }
  }

  private static long handles() {
    System.gc();
    return Pointer.totalCount();
  }

  @Test
  void cancelsBetweenStepsAndReportsSteps() {
    List<Long> reports = new ArrayList<>();
    Progress progress =
        new Progress() {
          @Override
          public void update(Report report) {
            assertThat(report.total()).isEqualTo(8 - 2 + 2 * 6);
            assertThat(report.preview().get().orElseThrow().size(2)).isEqualTo(4);
            reports.add(report.done());
          }

          @Override
          public boolean cancelled() {
            return reports.size() == 9;
          }
        };
    Scopes.run(() ->
        assertThatThrownBy(() ->
                new WindowLoop(new FlowEuler(), framewise(), SCHEDULE.spacing(8), 4, 0)
                    .run(nothing(0), 6, NOISE, watcher(), progress))
            .isInstanceOf(CancellationException.class)
            .hasMessage("cancelled after 9 of 18"));
    assertThat(reports).hasSize(9).startsWith(1L, 2L);
  }

  private static WindowLoop.Watcher watcher() {
    return new WindowLoop.Watcher() {
      @Override
      public void at(long first, int length) {}

      @Override
      public void done(long number, Tensor z) {}
    };
  }

  @Test
  void whatCannotBeIsRefused() {
    double[] levels = SCHEDULE.spacing(8);
    assertThatThrownBy(() -> new WindowLoop(new FlowEuler(), framewise(), levels, 1, 0))
        .hasMessageContaining("at least 2 frames, not 1");
    assertThatThrownBy(() -> new WindowLoop(new FlowEuler(), framewise(), levels, 3, 0))
        .hasMessageContaining("a multiple of 3 steps, not 8");
    assertThatThrownBy(() -> new WindowLoop(new FlowEuler(), framewise(), levels, 4, -1))
        .hasMessageContaining("0 frames or more, not -1");
    Scopes.run(() ->
        assertThatThrownBy(() ->
                frames(new WindowLoop(new FlowEuler(), framewise(), levels, 4, 1), nothing(2), 4))
            .hasMessageContaining("do not fit a context of 1"));
  }
}
