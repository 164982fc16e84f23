package io.zoetrope.pixels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.zoetrope.data.toybox.Split;
import io.zoetrope.data.toybox.ToyboxDataset;
import io.zoetrope.data.toybox.ToyboxTruth;
import io.zoetrope.error.UserError;
import io.zoetrope.media.Frame;
import io.zoetrope.media.FrameTensors;
import io.zoetrope.media.Video;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Motion that is measured against motion that is known. */
class FlowSpeedTest {
  private static final int CLIPS = 20;

  private static FlowSpeed speed(Video video) {
    return Scopes.value(() -> FlowSpeed.of(FrameTensors.toTensor(video), video.fps()));
  }

  /** A pattern that goes to the right by so many pixels a frame. */
  private static Video panning(int side, double pace) {
    List<Frame> frames = new ArrayList<>();
    for (int k = 0; k < 4; k++) {
      byte[] rgb = new byte[side * side * 3];
      for (int i = 0; i < rgb.length; i++) {
        double x = 128.0 / side * (i / 3 % side - k * pace);
        double y = 128.0 / side * (i / 3 / side);
        rgb[i] = (byte) (128 + 60 * Math.sin(x / 9 + i % 3) + 50 * Math.sin(y / 7 - x / 13));
      }
      frames.add(new Frame(side, side, rgb));
    }
    return new Video(frames, 8);
  }

  @ParameterizedTest
  @CsvSource({"64, 1", "64, 2.5", "128, 2", "128, 5", "256, 6"})
  void aPanIsAsFastAsItIs(int side, double pace) {
    FlowSpeed speed = speed(panning(side, pace));
    assertThat(speed.pixels()).isCloseTo(pace, within(0.12 * pace));
    assertThat(speed.pace()).isCloseTo(8 * speed.pixels(), within(1e-9));
    assertThat(speed.sides()).isCloseTo(speed.pixels() / side, within(1e-9));
    assertThat(speed.line()).startsWith("moves by ").contains(" pixels per frame, ");
  }

  @Test
  void whatStandsStillHasNone() {
    Frame frame = panning(64, 1).frames().getFirst();
    assertThat(speed(new Video(Collections.nCopies(3, frame), 8)).pixels()).isZero();
    assertThatThrownBy(() -> speed(new Video(List.of(frame), 8)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("at least 2 frames");
    FlowSpeed.Meter meter = new FlowSpeed.Meter();
    Scopes.run(() -> meter.add(Tensors.zeros(3, 16, 16)));
    assertThatThrownBy(() -> Scopes.run(() -> meter.add(Tensors.zeros(3, 16, 20))))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("one size");
  }

  /** Of toys, whose shadows move along and are no part of the truth, the order is right. */
  @Test
  void toysThatMoveMoreAreFoundToMoveMore() {
    ToyboxDataset data = new ToyboxDataset(1, Split.TRAIN, 128, 128, 6, 8);
    double[] truth = new double[CLIPS];
    double[] found = new double[CLIPS];
    for (int i = 0; i < CLIPS; i++) {
      ToyboxTruth known = ToyboxTruth.render(data.scene(i), 128, 128, 6, 8);
      truth[i] = known.flow().stream().mapToDouble(FlowSpeedTest::mean).average().orElse(0);
      found[i] = speed(known.video()).pixels();
    }
    assertThat(spearman(truth, found)).isGreaterThan(0.9);
  }

  private static double mean(float[] flow) {
    return IntStream.range(0, flow.length / 2)
        .mapToDouble(p -> Math.hypot(flow[2 * p], flow[2 * p + 1]))
        .average()
        .orElse(0);
  }

  private static double spearman(double[] a, double[] b) {
    double[] x = ranks(a);
    double[] y = ranks(b);
    double n = a.length;
    double square = IntStream.range(0, a.length).mapToDouble(i -> Math.pow(x[i] - y[i], 2)).sum();
    return 1 - 6 * square / (n * (n * n - 1));
  }

  private static double[] ranks(double[] values) {
    return Arrays.stream(values)
        .map(v -> Arrays.stream(values).filter(other -> other < v).count())
        .toArray();
  }
}
