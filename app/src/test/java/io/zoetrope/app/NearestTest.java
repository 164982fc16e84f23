package io.zoetrope.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestTest {
  @Test
  void countsSwapsAsOne() {
    assertThat(Nearest.distance("frmaes", "frames")).isEqualTo(1);
    assertThat(Nearest.distance("", "abc")).isEqualTo(3);
    assertThat(Nearest.distance("same", "same")).isZero();
  }

  @Test
  void offersNothingFarAway() {
    assertThat(Nearest.of("xyzzy", List.of("generate", "train"))).isEmpty();
    assertThat(Nearest.of("gen", List.of("generate", "train"))).isEmpty();
    assertThat(Nearest.of("gener", List.of("generate", "train"))).containsExactly("generate");
  }

  @Test
  void wordsOfOtherProgramsAreKnown() {
    assertThat(Nearest.of("--cfg", List.of("--guidance", "--frames")))
        .containsExactly("--guidance");
    assertThat(Nearest.of("--cfg", List.of("--frames"))).isEmpty();
  }
}
