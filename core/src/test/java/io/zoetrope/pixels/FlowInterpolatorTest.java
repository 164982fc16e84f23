package io.zoetrope.pixels;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.torch.Ops;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class FlowInterpolatorTest {
  private static final int SIDE = 48;
  private static final FrameInterpolator FLOW = new FlowInterpolator();

  /** A textured ground, on which a bright square stands at a column; [1, 3, H, W]. */
  private static Tensor scene(double column, boolean ground) {
    float[] values = new float[3 * SIDE * SIDE];
    for (int i = 0; i < values.length; i++) {
      int c = i / (SIDE * SIDE);
      int y = i / SIDE % SIDE;
      int x = i % SIDE;
      double wave = Math.sin(0.7 * x + 0.4 * c) * Math.cos(0.5 * y + 0.2 * x);
      double back = ground ? 0.35 + 0.12 * wave : 0.3;
      double inside = Math.clamp(x - column + 0.5, 0, 1) * Math.clamp(column + 13.5 - x, 0, 1);
      boolean rows = y >= 16 && y < 31;
      values[i] = (float) (back + (rows ? inside * (c == 1 ? 0.2 : 0.6) : 0));
    }
    return Tensors.of(values, 1, 3, SIDE, SIDE);
  }

  private static double db(Tensor made, Tensor truth) {
    return -10 * Math.log10(made.sub(truth).square().mean().item_double());
  }

  @Test
  void whatStandsStillStaysToTheBit() {
    Scopes.run(() -> {
      Tensor a = scene(10, true);
      assertThat(FLOW.between(a, a, 0.5).sub(a).abs().max().item_double()).isLessThan(1e-6);
    });
  }

  @Test
  void whatMovesIsHalfWayAndOnce() {
    Scopes.run(() -> {
      for (boolean ground : new boolean[] {false, true}) {
        Tensor a = scene(12, ground);
        Tensor b = scene(18, ground);
        Tensor truth = scene(15, ground);
        double mean = db(FrameInterpolator.MEAN.between(a, b, 0.5), truth);
        double flow = db(FLOW.between(a, b, 0.5), truth);
        System.out.printf("flow %.1f dB, mean %.1f dB%n", flow, mean);
        // On a ground of texture, what the square uncovers is known by one of the two alone.
        assertThat(flow).isGreaterThan(mean + (ground ? 2 : 6));
      }
    });
  }

  @Test
  void timesBetweenAreKept() {
    Scopes.run(() -> {
      Tensor a = scene(12, false);
      Tensor b = scene(20, false);
      double right = db(FLOW.between(a, b, 0.25), scene(14, false));
      assertThat(right).isGreaterThan(db(FLOW.between(a, b, 0.25), scene(18, false)) + 6);
    });
  }

  @Test
  void pairsAreForThemselvesAndWhatHasNothingToDoWithEachOtherIsStillAPicture() {
    Scopes.run(() -> {
      Tensor a = scene(12, true);
      Tensor b = scene(16, true);
      Tensor cut;
      try (RandomStream random = new RandomStreams(3).stream("cut")) {
        cut = random.normal(1, 3, SIDE, SIDE).sigmoid();
      }
      Tensor both =
          FLOW.between(
              Tensors.cat(java.util.List.of(a, a), 0),
              Tensors.cat(java.util.List.of(b, cut), 0),
              0.5);
      assertThat(Tensors.toBytes(both.narrow(0, 0, 1).contiguous()))
          .isEqualTo(Tensors.toBytes(FLOW.between(a, b, 0.5)));
      Tensor odd = both.narrow(0, 1, 1);
      assertThat(odd.min().item_double()).isGreaterThanOrEqualTo(0);
      assertThat(odd.max().item_double()).isLessThanOrEqualTo(1);
      Tensor small = Ops.mul(Tensors.full(1, 1, 3, 1, 5), 0.5);
      assertThat(FLOW.between(small, small, 0.5).sub(small).abs().max().item_double()).isZero();
    });
  }
}
