package io.zoetrope.eval.motion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.zoetrope.data.toybox.Split;
import io.zoetrope.data.toybox.ToyboxDataset;
import io.zoetrope.data.toybox.ToyboxObject;
import io.zoetrope.data.toybox.ToyboxRenderer;
import io.zoetrope.data.toybox.ToyboxScene;
import io.zoetrope.data.toybox.Traits.Background;
import io.zoetrope.data.toybox.Traits.Colour;
import io.zoetrope.data.toybox.Traits.Motion;
import io.zoetrope.data.toybox.Traits.Shape;
import io.zoetrope.data.toybox.Traits.Size;
import io.zoetrope.data.toybox.Traits.Speed;
import io.zoetrope.eval.Rate;
import io.zoetrope.media.Frame;
import io.zoetrope.media.Video;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

class MotionFiguresTest {
  private static Trajectory line(int frames, IntToDoubleFunction x) {
    double[] xs = new double[frames];
    Arrays.setAll(xs, x);
    return new Trajectory(xs, new double[frames]);
  }

  @Test
  void jerkOfATurnAtASeam() {
    // Speed 0.1, and -0.1 from frame 4 on.
    Trajectory way = line(9, k -> 0.1 * (k <= 4 ? k : 8 - k));
    SeamJerk jerk = SeamJerk.of(way, List.of(4));
    assertThat(jerk.velocity().atSeams()).isCloseTo(0.1, within(1e-12));
    assertThat(jerk.velocity().inside()).isCloseTo(0, within(1e-12));
    assertThat(jerk.acceleration().atSeams()).isCloseTo(0.4 / 3, within(1e-12));
    // What is unseen is passed over.
    Trajectory hidden = line(9, k -> k == 4 ? Double.NaN : 0.1 * k);
    assertThat(SeamJerk.of(hidden, List.of(4)).velocity().seamPlaces()).isZero();
    assertThat(SeamJerk.of(List.of(jerk, jerk)).velocity().seamPlaces()).isEqualTo(4);
  }

  @Test
  void circlesHaveTheSameJerkEverywhere() {
    double w = Math.PI / 8;
    double[] x = new double[64];
    double[] y = new double[64];
    Arrays.setAll(x, k -> 0.17 * Math.cos(w * k));
    Arrays.setAll(y, k -> 0.17 * Math.sin(w * k));
    SeamJerk jerk = SeamJerk.of(new Trajectory(x, y), List.of(16, 31));
    double chord = 2 * Math.sin(w / 2);
    assertThat(jerk.velocity().atSeams()).isCloseTo(0.17 * chord * chord, within(1e-12));
    assertThat(jerk.velocity().ratio()).isCloseTo(1, within(1e-9));
    assertThat(jerk.acceleration().atSeams()).isCloseTo(0.17 * Math.pow(chord, 3), within(1e-12));
    Reversals turns = Reversals.of(new Trajectory(x, y), List.of(16, 31));
    assertThat(turns.atSeams()).isEqualTo(new Rate(0, 2));
    assertThat(turns.inside().right()).isZero();
  }

  @Test
  void reversals() {
    Trajectory turn = line(12, k -> 0.02 * (k < 6 ? k : 11 - k));
    assertThat(Reversals.of(turn, List.of(6)).atSeams()).isEqualTo(new Rate(1, 1));
    assertThat(Reversals.of(turn, List.of(6)).inside().right()).isZero();
    assertThat(Reversals.of(turn, List.of()).inside().right()).isPositive();
    Trajectory stop = line(12, k -> 0.02 * Math.min(k, 5));
    assertThat(Reversals.of(stop, List.of(6)).atSeams()).isEqualTo(new Rate(0, 0));
  }

  @Test
  void displacement() {
    Displacement even = Displacement.of(line(11, k -> 0.02 * k));
    assertThat(even.way()).isCloseTo(0.2, within(1e-12));
    assertThat(even.retreat()).isZero();
    assertThat(even.unevenness()).isCloseTo(0, within(1e-12));
    assertThat(even.monotonic()).isTrue();
    Displacement back = Displacement.of(line(5, k -> new double[] {0, 0.2, 0.1, 0.3, 0.4}[k]));
    assertThat(back.retreat()).isCloseTo(0.25, within(1e-12));
    assertThat(back.monotonic()).isFalse();
    assertThat(Displacement.of(line(5, k -> 0.1)).monotonic()).isFalse();
    Displacement over = Displacement.of(line(4, k -> new double[] {0, 0.3, 0.45, 0.3}[k]));
    assertThat(over.retreat()).isCloseTo(0.5, within(1e-12));
  }

  @Test
  void theTrackerFindsWhereTheToyIs() {
    ToyboxDataset data = new ToyboxDataset(4, Split.TRAIN);
    int checked = 0;
    for (int i = 0; checked < 6; i++) {
      ToyboxScene scene = data.scene(i);
      ToyboxObject toy = scene.objects().getFirst();
      if (scene.objects().size() > 1 || toy.motion() == Motion.FADE || toy.shape() != Shape.BALL) {
        continue;
      }
      checked++;
      Trajectory way = Trajectory.of(data.get(i).video());
      for (int k = 0; k < 16; k++) {
        assertThat(way.x()[k])
            .as("clip %d frame %d", i, k)
            .isCloseTo(toy.at(k / 8.0).x(), within(0.012));
        assertThat(way.y()[k])
            .as("clip %d frame %d", i, k)
            .isCloseTo(toy.at(k / 8.0).y(), within(0.012));
      }
    }
  }

  /** The toy changes colour on the way; it is still the same toy. */
  @Test
  void theTrackerDoesNotMindColours() {
    List<Frame> frames = new ArrayList<>();
    for (Colour colour : List.of(Colour.RED, Colour.BLUE)) {
      ToyboxObject toy =
          new ToyboxObject(
              Shape.BALL, colour, Size.MEDIUM, Motion.RIGHT, Speed.NORMAL, 0.2, 0.5, 0, 0);
      ToyboxScene scene = new ToyboxScene(List.of(toy), Background.PLAIN, 0);
      Video video = ToyboxRenderer.render(scene, 128, 128, 16, 8);
      int half = frames.size();
      frames.addAll(video.frames().subList(half, half + 8));
    }
    Displacement way = Displacement.of(Trajectory.of(new Video(frames, 8)));
    assertThat(way.monotonic()).isTrue();
    assertThat(way.way()).isCloseTo(0.2 * 15 / 8, within(0.01));
    assertThat(way.unevenness()).isLessThan(0.02);
  }
}
