package io.zoetrope.curation.cut;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.curation.cut.Cut.Kind;
import io.zoetrope.curation.cut.Cut.Pass;
import io.zoetrope.curation.cut.CutTrial.Film;
import io.zoetrope.curation.cut.CutTrial.Score;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A small sibling of {@link CutTrial}. */
class CutFinderTest {
  private static List<Film> films;

  @BeforeAll
  static void film() throws Exception {
    films = CutTrial.films(60, 77, 64);
  }

  @Test
  void allPassesTogetherFindWhatEachMisses() {
    Score all = CutTrial.score(films, EnumSet.allOf(Pass.class), false);
    assertThat(all.precision()).isGreaterThan(0.94);
    assertThat(all.recall()).isGreaterThan(0.94);
    for (Pass pass : Pass.values()) {
      Score one = CutTrial.score(films, EnumSet.of(pass), false);
      assertThat(one.recall()).as(pass.name()).isLessThan(0.9);
      assertThat(all.right - one.right)
          .as("recovered of what %s misses", pass)
          .isGreaterThan((one.all - one.right) / 2);
    }
  }

  @Test
  void theAdaptivePassFindsHardCutsAndTheFadePassFades() {
    int[] hard = new int[2];
    for (Film film : films) {
      List<Cut> found = CutFinder.find(film.film(), 24, EnumSet.of(Pass.ADAPTIVE));
      for (Cut truth : film.truth()) {
        if (truth.kind() == Kind.HARD) {
          hard[1]++;
          hard[0] += found.stream().anyMatch(c -> Math.abs(c.from() - truth.from()) <= 1) ? 1 : 0;
        }
      }
    }
    assertThat(hard[0]).isGreaterThanOrEqualTo((int) (0.98 * hard[1]));
    Score fades = CutTrial.score(films, EnumSet.of(Pass.FADE), false);
    assertThat(fades.precision()).isGreaterThan(0.98);
  }

  @Test
  void aFilmOfOneFrameHasNoCut() {
    assertThat(CutFinder.find(films.getFirst().film().subList(0, 1), 24)).isEmpty();
  }
}
