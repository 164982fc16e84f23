package io.zoetrope.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.zoetrope.media.LinePlot.Series;
import io.zoetrope.torch.UserError;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sheets, plots and their axes. */
class DrawingTest {
  @Test
  void sheetHasARowForEachClipAndItsFirstAndLastFrame() {
    Video clip = TestClips.counting(32, 24, 11, 8);
    Frame sheet = ContactSheet.of(List.of(new ContactSheet.Row(clip, "")), 3);
    assertThat(sheet.width()).isEqualTo(4 + 3 * 36);
    assertThat(sheet.height()).isEqualTo(4 + 28);
    assertThat(TestClips.pixel(sheet, 20, 15)[0]).isEqualTo(40);
    assertThat(TestClips.pixel(sheet, 56, 15)[0]).isEqualTo(90);
    assertThat(TestClips.pixel(sheet, 92, 15)[0]).isEqualTo(140);
  }

  @Test
  void captionsTakeRoomAndLeaveInk() {
    assumeTrue(Canvas.hasFonts(), "this machine has no fonts");
    Video clip = TestClips.counting(120, 24, 3, 8);
    Frame plain = ContactSheet.of(List.of(new ContactSheet.Row(clip, "")), 3);
    Frame sheet =
        ContactSheet.of(
            List.of(
                new ContactSheet.Row(clip, "a very long caption ".repeat(50)),
                new ContactSheet.Row(clip, "")),
            3);
    assertThat(sheet.width()).isEqualTo(plain.width());
    assertThat(sheet.height()).isGreaterThan(2 * plain.height() - 4);
    int dark = 0;
    for (int x = 0; x < sheet.width(); x++) {
      for (int y = 0; y < 20; y++) {
        dark += TestClips.pixel(sheet, x, y)[0] < 100 ? 1 : 0;
      }
    }
    assertThat(dark).isGreaterThan(100);
  }

  @Test
  void emptySheetsAreRefused() {
    assertThatThrownBy(() -> ContactSheet.of(List.of(), 3)).isInstanceOf(UserError.class);
    assertThatThrownBy(() -> ContactSheet.grid(List.of())).isInstanceOf(UserError.class);
    Video wide = TestClips.counting(4096, 4096, 2, 8);
    List<ContactSheet.Row> rows = Collections.nCopies(20, new ContactSheet.Row(wide, ""));
    assertThatThrownBy(() -> ContactSheet.of(rows, 2))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("too large");
  }

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

  @Test
  void aCurveIsDrawnAndGapsAreLeft() {
    double nan = Double.NaN;
    Series whole = Series.of("a", 1, 1, 1, 1, 1, 1, 1, 1, 2);
    Series gap = Series.of("a", 1, 1, nan, nan, nan, nan, 1, 1, 2);
    int full = count(plot(whole, false), 0x0072b2);
    int holes = count(plot(gap, false), 0x0072b2);
    assertThat(full).isGreaterThan(700);
    assertThat(holes).isBetween(200, full - 400);
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
        assertThat(plot(s, log).width()).isEqualTo(960);
      }
    }
    assertThatThrownBy(() -> new LinePlot("", "", "", List.of(), false))
        .isInstanceOf(UserError.class);
  }

  private static Frame plot(Series s, boolean log) {
    return new LinePlot("title", "x", "y", List.of(s), log).draw();
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1, 0.0 0.2 0.4 0.6 0.8 1.0",
    "0, 20000, 0 5000 10000 15000 20000",
    "-3, 4, -4 -2 0 2 4",
    "0.031, 0.034, 0.031 0.032 0.033 0.034",
  })
  void ticksAreRound(double low, double high, String labels) {
    Axis axis = Axis.of(low, high, false);
    assertThat(axis.ticks().stream().map(Axis.Tick::label)).containsExactly(labels.split(" "));
    assertThat(axis.low()).isLessThanOrEqualTo(low + 1e-12);
    assertThat(axis.high()).isGreaterThanOrEqualTo(high - 1e-12);
  }

  @Test
  void logarithmicTicks() {
    Axis axis = Axis.of(0.03, 0.9, true);
    assertThat(axis.ticks().stream().map(Axis.Tick::label))
        .containsExactly("0.02", "0.05", "0.1", "0.2", "0.5", "1");
    assertThat(axis.place(0.02)).isCloseTo(0, within(1e-9));
    assertThat(axis.place(1)).isCloseTo(1, within(1e-9));
    assertThat(Axis.of(1e-9, 1e9, true).ticks()).hasSizeBetween(5, 12);
  }
}
