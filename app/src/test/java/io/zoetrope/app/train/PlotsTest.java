package io.zoetrope.app.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.app.charts.Plots;
import io.zoetrope.error.UserError;
import io.zoetrope.eval.Curves;
import io.zoetrope.eval.Curves.Series;
import io.zoetrope.media.Frame;
import io.zoetrope.media.VideoReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlotsTest {
  private static final int FIRST = 0x0072b2;
  private static final int SECOND = 0xd55e00;

  @TempDir private Path folder;

  private static int count(Frame frame, int rgb) {
    int n = 0;
    for (int i = 0; i < frame.rgb().length; i += 3) {
      int v =
          (frame.rgb()[i] & 0xff) << 16
              | (frame.rgb()[i + 1] & 0xff) << 8
              | (frame.rgb()[i + 2] & 0xff);
      n += v == rgb ? 1 : 0;
    }
    return n;
  }

  private static Frame plot(boolean log, Series... series) {
    return Plots.draw(new Curves("title", "x", "y", List.of(series), log));
  }

  @Test
  void aCurveIsDrawnAndGapsAreLeft() {
    double nan = Double.NaN;
    int full = count(plot(false, Series.of("a", 1, 1, 1, 1, 1, 1, 1, 1, 2)), FIRST);
    int holes = count(plot(false, Series.of("a", 1, 1, nan, nan, nan, nan, 1, 1, 2)), FIRST);
    assertThat(full).isGreaterThan(700);
    assertThat(holes).isBetween(200, full - 400);
  }

  @Test
  void curvesHaveColoursOfTheirOwn() {
    Frame both = plot(false, Series.of("a", 1, 1, 2), Series.of("b", 2, 2, 1));
    assertThat(count(both, FIRST)).isGreaterThan(300);
    assertThat(count(both, SECOND)).isGreaterThan(300);
  }

  @Test
  void aLonePointIsSeen() {
    assertThat(count(plot(false, Series.of("a", 3)), FIRST)).isGreaterThan(40);
  }

  @Test
  void onALogarithmicAxisZeroIsAGap() {
    Series series = Series.of("a", 1, 0.1, 0, -1, 0.1, 1);
    int gaps = count(plot(true, series), FIRST);
    int whole = count(plot(true, Series.of("a", 1, 0.1, 0.1, 0.1, 0.1, 1)), FIRST);
    assertThat(gaps).isBetween(100, whole - 200);
  }

  @Test
  void oddDataStillGivesAPlot() {
    double inf = Double.POSITIVE_INFINITY;
    for (boolean log : new boolean[] {false, true}) {
      for (Series s :
          List.of(
              Series.of("nothing"),
              Series.of("one", 3),
              Series.of("flat", 2, 2, 2),
              Series.of("zeros", 0, 0),
              Series.of("negative", -5, -1, -3),
              Series.of("wild", Double.NaN, inf, -inf, 1),
              Series.of("huge", 1e300, -1e300, 4),
              Series.of("tiny", 1e-300, 2e-300))) {
        Frame frame = plot(log, s);
        assertThat(frame.width()).as(s.name()).isEqualTo(960);
        assertThat(frame.height()).as(s.name()).isEqualTo(540);
      }
    }
    assertThatThrownBy(() -> new Curves("", "", "", List.of(), false))
        .isInstanceOf(UserError.class);
  }

  @Test
  void theLossOfARunIsDrawnFromTwoLinesOn() throws IOException {
    Path run = Files.createDirectory(folder.resolve("run"));
    Files.writeString(run.resolve("metrics.jsonl"), "{\"step\":1,\"loss\":1.5}\n");
    LossPlot.draw(run);
    assertThat(run.resolve("loss.png")).doesNotExist();
    Files.writeString(
        run.resolve("metrics.jsonl"),
        "{\"step\":1,\"loss\":1.5}\n{\"step\":9,\"loss\":\"NaN\"}\n{\"step\":20,\"loss\":0.5}\n{\"st");
    LossPlot.draw(run);
    Frame drawn = VideoReader.read(run.resolve("loss.png")).frames().getFirst();
    assertThat(count(drawn, FIRST)).isGreaterThan(700);
  }
}
