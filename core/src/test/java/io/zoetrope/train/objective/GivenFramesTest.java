package io.zoetrope.train.objective;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class GivenFramesTest {
  @Test
  void someClipsAreGivenWhatTasksGive() {
    SplittableRandom random = new SplittableRandom(7);
    Set<String> seen = new HashSet<>();
    int any = 0;
    for (int round = 0; round < 2000; round++) {
      boolean[] given = new GivenFrames(0.3).draw(random, 1, 8);
      StringBuilder row = new StringBuilder();
      for (boolean one : given) {
        row.append(one ? '^' : '.');
      }
      any += row.indexOf("^") >= 0 ? 1 : 0;
      seen.add(row.toString());
    }
    assertThat(any).isBetween(520, 680);
    assertThat(seen)
        .containsExactlyInAnyOrder(
            "........", "^.......", "^^......", "^^^.....", "^^^^....", "^......^");
  }

  @Test
  void neverAllFramesAndNeverAStillPicture() {
    SplittableRandom random = new SplittableRandom(8);
    for (int frames = 1; frames < 6; frames++) {
      for (int round = 0; round < 200; round++) {
        boolean[] given = new GivenFrames(1).draw(random, 2, frames);
        for (int clip = 0; clip < 2; clip++) {
          int count = 0;
          for (int f = 0; f < frames; f++) {
            count += given[clip * frames + f] ? 1 : 0;
          }
          assertThat(count).isBetween(frames == 1 ? 0 : 1, Math.max(0, frames - 1));
        }
      }
    }
    assertThat(GivenFrames.NONE.draw(random, 3, 4)).containsOnly(false);
  }
}
