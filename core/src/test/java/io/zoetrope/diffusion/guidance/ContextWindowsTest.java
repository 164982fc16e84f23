package io.zoetrope.diffusion.guidance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.diffusion.Denoiser;
import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.Prediction;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class ContextWindowsTest {
  private static X0Denoiser of(Denoiser network) {
    return X0Denoiser.of(network, NoiseSchedule.flow(1), Prediction.X0);
  }

  private static Tensor video(int frames) {
    try (RandomStream stream = new RandomStreams(2).stream("video")) {
      return stream.normal(1, 2, frames, 3, 3);
    }
  }

  @Test
  void windowsHoldEveryFrameAndOverlapAsSaid() {
    Random random = new Random(11);
    for (int i = 0; i < 2000; i++) {
      int length = 1 + random.nextInt(20);
      int overlap = random.nextInt(length);
      int frames = 1 + random.nextInt(80);
      double level = random.nextDouble();
      List<Integer> starts = new ContextWindows.Shape(length, overlap).over(frames, level);
      String what = "seed 11, " + length + " " + overlap + " " + frames + " " + level;
      assertThat(starts.getFirst()).as(what).isZero();
      assertThat(starts.getLast()).as(what).isEqualTo(Math.max(0, frames - length));
      for (int k = 1; k < starts.size(); k++) {
        assertThat(starts.get(k) - starts.get(k - 1)).as(what).isBetween(1, length - overlap);
      }
    }
    Set<List<Integer>> seen = new HashSet<>();
    for (int step = 0; step <= 20; step++) {
      seen.add(new ContextWindows.Shape(16, 4).over(48, step / 20.0));
    }
    assertThat(seen).as("borders move").hasSizeGreaterThan(5);
  }

  @Test
  void windowsOfEveryKindHoldEveryFrameAndNoneTwice() {
    Random random = new Random(12);
    for (int i = 0; i < 1500; i++) {
      int length = 1 + random.nextInt(12);
      Fuse fuse = Fuse.values()[random.nextInt(Fuse.values().length)];
      ContextWindows.Shape shape =
          new ContextWindows.Shape(
              length, random.nextInt(length), 1 + random.nextInt(4), random.nextBoolean(), fuse);
      int frames = length + 1 + random.nextInt(50);
      double[] counts = new double[frames];
      for (ContextWindows.Window window : shape.windows(frames, random.nextDouble())) {
        Set<Long> seen = new HashSet<>();
        for (int f = 0; f < length; f++) {
          assertThat(seen.add(window.frames()[f])).as("%s over %s", shape, frames).isTrue();
          assertThat(window.weights()[f]).as("%s", shape).isPositive();
          counts[(int) window.frames()[f]] += window.weights()[f];
        }
      }
      assertThat(counts).as("%s over %s", shape, frames).doesNotContain(0);
    }
  }

  @Test
  void aLoopHasWindowsOverItsEndAndStridesLeaveFramesOut() {
    List<ContextWindows.Window> loop =
        new ContextWindows.Shape(4, 1, 1, true, Fuse.FLAT).windows(9, 0);
    assertThat(loop.getLast().frames()).containsExactly(6, 7, 8, 0);
    List<ContextWindows.Window> strides =
        new ContextWindows.Shape(4, 2, 2, false, Fuse.FLAT).windows(9, 0);
    assertThat(strides.stream().map(w -> w.frames()[3] - w.frames()[0])).contains(3L, 6L);
    assertThat(strides.getLast().frames()).containsExactly(2, 4, 6, 8);
  }

  @Test
  void fusesWeighAsTheirNamesSay() {
    assertThat(Fuse.PYRAMID.weights(5, 1, false, false)).containsExactly(1, 2, 3, 2, 1);
    assertThat(Fuse.FLAT.weights(3, 1, false, false)).containsExactly(1, 1, 1);
    double[] relative = Fuse.RELATIVE.weights(5, 1, false, false);
    assertThat(relative[2]).isEqualTo(1);
    assertThat(relative[0]).isEqualTo(0.01);
    assertThat(relative[1]).isBetween(0.5, 0.51);
    assertThat(Fuse.OVERLAP_LINEAR.weights(6, 2, true, false))
        .containsExactly(1, 1, 1, 1, 2.0 / 3, 1.0 / 3);
  }

  @Test
  void oneWindowIsNoneToTheBitWhateverItsKind() {
    Scopes.run(() -> {
      Tensor z = video(6);
      byte[] whole =
          Tensors.toBytes(of(MIXING).x0(z, Tensors.full(0.5, 1, 1), Conditioning.none()));
      for (Fuse fuse : Fuse.values()) {
        ContextWindows.Shape shape = new ContextWindows.Shape(6, 2, 3, true, fuse);
        X0Denoiser windows = new ContextWindows(of(MIXING), shape);
        assertThat(Tensors.toBytes(windows.x0(z, Tensors.full(0.5, 1, 1), Conditioning.none())))
            .isEqualTo(whole);
      }
    });
  }

  /** A network that mixes frames: each gives the mean of its clip and itself. */
  private static final Denoiser MIXING = (z, t_BF, c) -> z.add(Ops.mean(z, 2).unsqueeze(2));

  @Test
  void oneWindowIsTheSameToTheBit() {
    Scopes.run(() -> {
      Tensor z = video(8);
      X0Denoiser plain = of(MIXING);
      Tensor u_BF = Tensors.full(0.5);
      for (int length : new int[] {8, 16}) {
        ContextWindows windows = new ContextWindows(plain, new ContextWindows.Shape(length, 2));
        assertThat(Tensors.toBytes(windows.x0(z, u_BF, Conditioning.none())))
            .isEqualTo(Tensors.toBytes(plain.x0(z, u_BF, Conditioning.none())));
      }
    });
  }

  @Test
  void framesThatDoNotMixAreAsWithout() {
    Scopes.run(() -> {
      Tensor z = video(23);
      X0Denoiser plain =
          of((x, t_BF, c) ->
              Ops.mul(x, 0.5).add(Ops.mul(t_BF, 0.001).view(t_BF.size(0), 1, t_BF.size(1), 1, 1)));
      double[] levels = new double[23];
      for (int f = 0; f < levels.length; f++) {
        levels[f] = f / 23.0;
      }
      Tensor u_BF = Tensors.of(levels, 1, 23);
      ContextWindows windows = new ContextWindows(plain, new ContextWindows.Shape(6, 2));
      Tensor difference =
          windows.x0(z, u_BF, Conditioning.none()).sub(plain.x0(z, u_BF, Conditioning.none()));
      assertThat(difference.abs().max().item_double()).isLessThan(1e-6);
    });
  }

  @Test
  void aWindowSeesWhatBelongsToItsFrames() {
    Scopes.run(() -> {
      List<Double> moments = new ArrayList<>();
      X0Denoiser base =
          of((x, t_BF, c) -> {
            assertThat(x.size(2)).isEqualTo(4);
            assertThat(c.get(Conditioning.FRAME_TEXTS).orElseThrow().size(1)).isEqualTo(4);
            moments.add(c.get(Conditioning.FRAME_TIMES).orElseThrow().select(1, 0).item_double());
            return c.get(Conditioning.hint(0)).orElseThrow();
          });
      Tensor z = video(9);
      float[] times = new float[9];
      long[] texts = new long[9];
      for (int f = 0; f < 9; f++) {
        times[f] = f;
      }
      Conditioning given =
          Conditioning.none()
              .with(Conditioning.FRAME_TIMES, Tensors.of(times, 1, 9))
              .with(Conditioning.FRAME_TEXTS, Tensors.of(texts, 1, 9))
              .with(Conditioning.hint(0), z);
      ContextWindows windows = new ContextWindows(base, new ContextWindows.Shape(4, 1));
      Tensor x0 = windows.x0(z, Tensors.full(0.7), given);
      assertThat(x0.sub(z).abs().max().item_double()).isLessThan(1e-6);
      assertThat(moments).hasSizeGreaterThan(2).allMatch(m -> m == 0);
    });
  }

  @Test
  void windowsThatDoNotMoveAreRefused() {
    assertThatThrownBy(() -> new ContextWindows.Shape(4, 4))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("overlap by 0 to 3");
  }
}
