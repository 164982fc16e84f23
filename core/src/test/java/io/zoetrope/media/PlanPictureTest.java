package io.zoetrope.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The matrix is in the picture, in greys that can be read back. */
class PlanPictureTest {
  private static final int LEFT = 58;

  private static double[][] falling(int steps, int frames) {
    double[][] level = new double[steps + 1][frames];
    for (int row = 0; row <= steps; row++) {
      for (int frame = 1; frame < frames; frame++) {
        level[row][frame] = 1 - (double) row / steps;
      }
    }
    return level;
  }

  private static PlanPicture animate(int steps, int frames) {
    boolean[] given = new boolean[frames];
    given[0] = true;
    return new PlanPicture("animate", falling(steps, frames), given, List.of(), new double[0][]);
  }

  private static PlanPicture travel(int steps, int frames) {
    double[][] weight = new double[frames][];
    for (int f = 0; f < frames; f++) {
      double w = Math.clamp((f - frames / 4.0) / (frames / 2.0), 0, 1);
      weight[f] = new double[] {1 - w, w};
    }
    return new PlanPicture(
        "travel",
        falling(steps, frames),
        new boolean[frames],
        List.of("a red ball moves right", "a red ball moves left"),
        weight);
  }

  @Test
  void greysAreTheLevels() {
    PlanPicture plan = animate(10, 16);
    Frame picture = plan.draw();
    write("plan-animate.png", picture);
    int[] seen = new int[11];
    // Down the middle of the last column, the field begins below title, numbers and marks.
    int x = LEFT + 15 * 40 + 20;
    for (int row = 0; row <= 10; row++) {
      seen[row] = TestClips.pixel(picture, x, 76 + row * 24 + 10)[0];
    }
    for (int row = 0; row <= 10; row++) {
      assertThat(seen[row]).isEqualTo((int) Math.round(255 - 225 * (1 - row / 10.0)));
    }
    assertThat(TestClips.pixel(picture, LEFT + 20, 86)).containsExactly(255, 255, 255);
    assertThat(TestClips.pixel(picture, LEFT + 20, 68)).containsExactly(0xc7, 0x25, 0x6b);
    assertThat(TestClips.pixel(picture, LEFT + 60, 68)).containsExactly(255, 255, 255);
  }

  @ParameterizedTest
  @CsvSource({"1,1", "12,16", "12,64", "50,256", "1000,256", "999,2"})
  void anySizeFitsAPage(int steps, int frames) {
    Frame picture = animate(steps, frames).draw();
    assertThat(picture.width()).isBetween(200, 1000);
    assertThat(picture.height()).isBetween(60, 1000);
    write("plan-%sx%s.png".formatted(steps, frames), picture);
    write("plan-travel-%sx%s.png".formatted(steps, frames), travel(steps, frames).draw());
  }

  @Test
  void whatIsToComeIsPaleAndPreviewsStandBelow() {
    Frame ball = TestClips.plain(64, 32, 10, 200, 30);
    PlanPicture plan = animate(10, 16);
    Frame early = plan.draw(3, Collections.nCopies(16, ball));
    Frame late = plan.draw(10, Collections.nCopies(16, ball));
    write("plan-walk.png", early);
    int x = LEFT + 15 * 55 + 20;
    int last = 76 + 8 * 24 + 10;
    assertThat(TestClips.pixel(early, x, last)[0]).isGreaterThan(230);
    assertThat(TestClips.pixel(late, x, last)[0]).isEqualTo(210);
    assertThat(TestClips.pixel(late, x, late.height() - 30)).containsExactly(10, 200, 30);
    assertThat(early.width()).isEqualTo(late.width());
  }

  @Test
  void halvesOfAPlanDoNotFit() {
    assertThatThrownBy(
            () -> new PlanPicture("x", falling(2, 4), new boolean[3], List.of(), new double[0][]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** Looked at by people; {@code -Dzoetrope.pictures=FOLDER} keeps them. */
  private static void write(String name, Frame picture) {
    String folder = System.getProperty("zoetrope.pictures", "");
    if (!folder.isEmpty()) {
      Png.write(Path.of(folder, name), picture);
    }
  }
}
