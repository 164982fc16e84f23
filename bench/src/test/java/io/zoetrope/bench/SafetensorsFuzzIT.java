package io.zoetrope.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The first cases of {@code bench safetensors-fuzz}; what it finds names its case. */
class SafetensorsFuzzIT {
  @Test
  void damagedFilesAreReadOrRefused() {
    String result = SafetensorsFuzz.run(0, 200_000, 1, 500, 16);
    assertThat(result).startsWith("200000 cases, seed 1: ");
    // Both ways must be walked, or the fuzzer proves nothing.
    String[] words = result.split(" ", -1);
    assertThat(Long.parseLong(words[4])).as(result).isBetween(20_000L, 180_000L);
  }

  @Test
  void aCaseIsTheSameOnEveryRun() {
    for (int i = 0; i < 100; i++) {
      assertThat(MutatedFile.make(new SplittableRandom(i)))
          .isEqualTo(MutatedFile.make(new SplittableRandom(i)));
    }
  }
}
