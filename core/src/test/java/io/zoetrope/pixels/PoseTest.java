package io.zoetrope.pixels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.zoetrope.error.UserError;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;

/** Joints that a network finds, drawn as ControlNets were shown them. */
class PoseTest {
  /** COCO's joints: x, y in pixels of a picture of 128x64. */
  private static final double[][] JOINTS = {
    {64, 8}, {66, 6}, {62, 6}, {68, 8}, {60, 8}, {76, 20}, {52, 20}, {84, 30}, {44, 30}, {90, 40},
    {38, 40}, {72, 40}, {56, 40}, {72, 50}, {56, 50}, {72, 60}, {56, 60}
  };

  private static TensorGraph saying(int side, Function<Tensor, Tensor> says) {
    return new TensorGraph() {
      @Override
      public List<Port> inputs() {
        return List.of(new Port("x", List.of(1L, 3L, (long) side, (long) side)));
      }

      @Override
      public Tensor run(List<Tensor> inputs) {
        assertThat(Tensors.shape(inputs.getFirst())).containsExactly(1, 3, side, side);
        return says.apply(inputs.getFirst());
      }

      @Override
      public void close() {}
    };
  }

  /** Boxes as YOLO says them: somebody, the same less surely, and nobody. */
  private static Tensor boxes(double scale, boolean columns) {
    double[][] rows = new double[3][56];
    for (int box = 0; box < 2; box++) {
      double[] head = {64 * scale, 32 * scale, 60 * scale, 60 * scale, 0.9 - 0.1 * box};
      System.arraycopy(head, 0, rows[box], 0, 5);
      for (int j = 0; j < 17; j++) {
        // The right hand is not seen, and the second is a pixel further.
        rows[box][5 + 3 * j] = JOINTS[j][0] * scale + box;
        rows[box][6 + 3 * j] = JOINTS[j][1] * scale;
        rows[box][7 + 3 * j] = j == 10 ? 0.1 : 0.8;
      }
    }
    Tensor all =
        Tensors.of(Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray(), 1, 3, 56);
    return (columns ? all.transpose(1, 2) : all).to(ScalarType.Float);
  }

  private static int colour(Tensor hints, int frame, double x, double y) {
    int rgb = 0;
    for (int c = 0; c < 3; c++) {
      double value =
          hints.select(0, frame).select(0, c).select(0, (long) y).select(0, (long) x).item_double();
      rgb = rgb << 8 | (int) Math.round(value * 255);
    }
    return rgb;
  }

  private static void drawn(Tensor hints, int frame) {
    assertThat(Tensors.shape(hints)).containsExactly(2, 3, 64, 128);
    assertThat(colour(hints, frame, 64, 8)).as("nose").isEqualTo(0xff0000);
    assertThat(colour(hints, frame, 64, 20)).as("neck, between the shoulders").isEqualTo(0xff5500);
    assertThat(colour(hints, frame, 52, 20)).as("right shoulder").isEqualTo(0xffaa00);
    assertThat(colour(hints, frame, 90, 40)).as("left hand, the eighth point").isEqualTo(0x00ff55);
    assertThat(colour(hints, frame, 72, 60)).as("left foot, the fourteenth").isEqualTo(0x5500ff);
    assertThat(colour(hints, frame, 72, 45))
        .as("left thigh, the eleventh limb, 0.6 of its colour")
        .isEqualTo(0x006699);
    assertThat(colour(hints, frame, 4, 4)).as("elsewhere").isZero();
  }

  @Test
  void boxesOfYoloAreDrawn() {
    for (boolean columns : List.of(true, false)) {
      List<float[]> shown = new ArrayList<>();
      Scopes.run(() -> {
        TensorGraph graph =
            saying(
                64,
                x -> {
                  shown.add(Tensors.toFloats(x));
                  return boxes(0.5, columns);
                });
        Tensor hints = new Pose(graph).hints(Tensors.full(1, 2, 3, 64, 128));
        drawn(hints, 0);
        drawn(hints, 1);
        assertThat(colour(hints, 0, 38, 40)).as("a hand that is not seen").isZero();
        float[] last = shown.getLast();
        assertThat(last[31 * 64 + 63]).as("in its aspect").isEqualTo(1f);
        assertThat(last[32 * 64]).as("and grey below").isCloseTo(114 / 255f, within(1e-6f));
      });
    }
  }

  /** Maps are read at their highest places, which may be of fewer pixels than the picture. */
  @Test
  void mapsAreReadAtTheirHighestPlaces() {
    for (int maps : List.of(17, 19)) {
      Scopes.run(() -> {
        float[] said = new float[maps * 32 * 32];
        for (int p = 0; p < Math.min(maps, 18); p++) {
          said[p * 1024 + 8 * 32 + p] = 0.9f; // the joint p at ((p + 0.5) / 32, 8.5 / 32)
        }
        TensorGraph graph = saying(64, x -> Tensors.of(said, 1, maps, 32, 32));
        Tensor hints = new Pose(graph).hints(Tensors.full(0.5, 1, 3, 256, 256));
        assertThat(colour(hints, 0, 4, 68)).as("nose").isEqualTo(0xff0000);
        int point = maps == 17 ? 6 : 2; // the right shoulder
        assertThat(colour(hints, 0, 8 * point + 4, 68)).isEqualTo(0xffaa00);
      });
    }
  }

  @Test
  void whatIsNotUnderstoodAndNobodyIsSaid() {
    Scopes.run(() -> {
      Tensor x = Tensors.full(0.5, 1, 3, 64, 64);
      refused(saying(64, in -> Tensors.zeros(1, 10, 4)), x, "this one [1, 10, 4]");
      refused(saying(64, in -> Tensors.zeros(1, 17, 8, 8)), x, "finds nobody in the video");
      refused(saying(64, in -> Tensors.zeros(1, 56, 20)), x, "finds nobody in the video");
    });
  }

  private static void refused(TensorGraph graph, Tensor x, String why) {
    assertThatThrownBy(() -> new Pose(graph).hints(x))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(why)
        .hasMessageNotContaining("\n");
  }
}
