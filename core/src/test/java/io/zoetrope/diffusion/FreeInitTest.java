package io.zoetrope.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.zoetrope.Parity;
import io.zoetrope.diffusion.discrete.AlphaBars;
import io.zoetrope.diffusion.discrete.DdimSteps;
import io.zoetrope.diffusion.discrete.TimestepSpacing;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.Locale;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

/** Against diffusers' FreeInitMixin ({@code reference/make_freeinit.py}), and what it is for. */
class FreeInitTest {
  private static final AlphaBars BARS = AlphaBars.linear(1000, 0.00085, 0.012);

  private static Tensor normal(String name, long... shape) {
    try (var stream = new RandomStreams(4).stream(name)) {
      return stream.normal(shape);
    }
  }

  @Test
  void filtersAreTheReferences() {
    Scopes.run(() -> {
      try (Parity parity = Parity.of("freeinit")) {
        int seen = 0;
        for (String name : parity.io().entries().keySet()) {
          if (!name.startsWith("filter.")) {
            continue;
          }
          // filter.KIND.FxHxW.ORDER.SPATIAL.TEMPORAL, the last two as 0.25
          String[] words = name.split("[.]");
          LowPass filter =
              new LowPass(
                  LowPass.Kind.valueOf(words[1].toUpperCase(Locale.ROOT)),
                  Integer.parseInt(words[3]),
                  Double.parseDouble(words[4] + "." + words[5]),
                  Double.parseDouble(words[6] + "." + words[7]));
          long[] shape = Tensors.shape(parity.get(name));
          Tensor ours = filter.centred((int) shape[0], (int) shape[1], (int) shape[2]);
          assertThat(ours.sub(parity.get(name)).abs().max().item_double())
              .as(name)
              .isLessThanOrEqualTo(1e-7);
          seen++;
        }
        assertThat(seen).isEqualTo(27);
      }
    });
  }

  @Test
  void noiseIsTheReferences() {
    Scopes.run(() -> {
      try (Parity parity = Parity.of("freeinit")) {
        for (int n = 0; n < 2; n++) {
          LowPass.Kind kind = n == 0 ? LowPass.Kind.BUTTERWORTH : LowPass.Kind.GAUSSIAN;
          FreeInit init = new FreeInit(3, new LowPass(kind, 4, 0.25, 0.25), FreeInit.Pace.FULL);
          // Sampling begins at timestep 751; the noise is that of 999.
          NoiseSchedule schedule = new DdimSteps(BARS, TimestepSpacing.LEADING, 1, true).over(4);
          String of = "mix." + n;
          Tensor made =
              init.noise(
                  parity.get(of + ".x"),
                  parity.get(of + ".noise"),
                  parity.get(of + ".fresh"),
                  schedule);
          parity.check(of + ".out", made);
        }
      }
    });
  }

  /** 1 keeps everything low, 0 nothing; what passes through is real whatever the sides. */
  @Test
  void theEndsOfTheFilter() {
    Scopes.run(() -> {
      Tensor x = normal("x", 1, 2, 4, 5, 6);
      Tensor first = normal("first", 1, 2, 4, 5, 6);
      Tensor fresh = normal("fresh", 1, 2, 4, 5, 6);
      NoiseSchedule schedule = BARS.schedule();
      FreeInit none =
          new FreeInit(2, new LowPass(LowPass.Kind.IDEAL, 1, 0, 0.5), FreeInit.Pace.FULL);
      assertThat(Parity.distance(none.noise(x, first, fresh, schedule), fresh)).isLessThan(1e-6);
      // A constant video is the lowest frequency alone.
      FreeInit usual = new FreeInit(2, LowPass.USUAL, FreeInit.Pace.FULL);
      Tensor shift = Tensors.full(3, 1, 2, 4, 4, 6);
      Tensor zero = Tensors.zeros(1, 2, 4, 4, 6);
      Tensor made = usual.noise(shift, zero, zero, schedule);
      assertThat(made.mean().item_double()).isCloseTo(3 * schedule.alpha(1), within(1e-4));
      assertThat(made.std().item_double()).isLessThan(1e-5);
    });
  }

  @Test
  void aBoxIsSymmetric() {
    Scopes.run(() -> {
      LowPass box = new LowPass(LowPass.Kind.BOX, 1, 0.5, 0.5);
      Tensor weights = box.centred(8, 8, 8);
      // round(8 / 2 * 0.5) = 2 on either side of the middle.
      assertThat(weights.sum().item_double()).isEqualTo(4 * 4 * 4);
      assertThat(weights.select(0, 4).select(0, 4).select(0, 4).item_double()).isEqualTo(1);
      assertThat(box.weights(8, 8, 8).select(0, 0).select(0, 0).select(0, 0).item_double())
          .isEqualTo(1);
    });
  }

  @Test
  void paces() {
    FreeInit coarse = new FreeInit(3, LowPass.USUAL, FreeInit.Pace.COARSE_TO_FINE);
    assertThat(coarse.steps(25, 0)).isEqualTo(8);
    assertThat(coarse.steps(25, 1)).isEqualTo(16);
    assertThat(coarse.steps(25, 2)).isEqualTo(25);
    assertThat(coarse.steps(2, 0)).isEqualTo(1);
    assertThat(new FreeInit(3, LowPass.USUAL, FreeInit.Pace.FULL).steps(25, 0)).isEqualTo(25);
    assertThatThrownBy(() -> new FreeInit(0, LowPass.USUAL, FreeInit.Pace.FULL))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("1 to 20 times");
  }
}
