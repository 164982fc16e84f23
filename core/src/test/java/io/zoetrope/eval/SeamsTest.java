package io.zoetrope.eval;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SeamsTest {
  @Test
  void clipsJoinWhereNewFramesBegin() {
    assertThat(Seams.of(16, 64, 16, 1)).containsExactly(16, 31, 46, 61);
    assertThat(Seams.of(16, 64, 16, 4)).containsExactly(16, 28, 40, 52);
    assertThat(Seams.of(16, 64, 16, 8)).containsExactly(16, 24, 32, 40, 48, 56);
    assertThat(Seams.of(16, 16, 16, 8)).isEmpty();
  }

  @Test
  void placesThatStraddleASeamAreTold() {
    // Figures of two frames k, k + 1: only k = 2 lies across seam 3; NaN counts for nothing.
    Seams.Contrast c = Seams.contrast(5, 2, List.of(3), k -> k == 4 ? Double.NaN : k);
    assertThat(c).isEqualTo(new Seams.Contrast(2, (0 + 1 + 3) / 3.0, 1, 3));
    assertThat(c.ratio()).isEqualTo(1.5);
    assertThat(Seams.contrast(5, 2, List.of(), k -> 1).atSeams()).isNaN();
  }

  @Test
  void severalVideosCountByPlaces() {
    Seams.Contrast none = new Seams.Contrast(Double.NaN, 1, 0, 10);
    Seams.Contrast some = new Seams.Contrast(4, 2, 2, 30);
    assertThat(Seams.Contrast.of(List.of(none, some)))
        .isEqualTo(new Seams.Contrast(4, 70.0 / 40, 2, 40));
  }
}
