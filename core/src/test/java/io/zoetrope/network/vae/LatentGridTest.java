package io.zoetrope.network.vae;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LatentGridTest {
  @ParameterizedTest
  @CsvSource({
    // time, causal, frames, latents, whether they are full
    "1, false, 0, 0, true",
    "1, false, 16, 16, true",
    "4, true, 0, 0, true",
    "4, true, 1, 1, true",
    "4, true, 2, 2, false",
    "4, true, 5, 2, true",
    "4, true, 16, 5, false",
    "4, true, 17, 5, true",
    "4, false, 16, 4, true",
    "4, false, 17, 5, false",
    "8, true, 49, 7, true",
    "1, true, 7, 7, true",
  })
  void framesAndLatents(int time, boolean causal, int frames, int latents, boolean full) {
    LatentGrid grid = new LatentGrid(4, 8, time, causal);
    assertThat(grid.latents(frames)).isEqualTo(latents);
    assertThat(grid.fills(frames)).isEqualTo(full);
    assertThat(grid.frames(latents)).isGreaterThanOrEqualTo(frames);
    assertThat(grid.latents(grid.frames(latents))).isEqualTo(latents);
    assertThat(grid.whole(frames)).isEqualTo(grid.frames(latents));
    assertThat(grid.following(grid.frames(latents + 3) - grid.frames(latents + 1))).isEqualTo(2);
    if (frames > 0) {
      assertThat(grid.latentOf(frames - 1)).isEqualTo(latents - 1);
    }
  }

  @Test
  void countsAndFactorsAreSensible() {
    LatentGrid grid = LatentGrid.ofPictures(4, 8);
    assertThatThrownBy(() -> grid.latents(-1)).hasMessageContaining("0 or more");
    assertThatThrownBy(() -> grid.frames(-1)).hasMessageContaining("0 or more");
    assertThatThrownBy(() -> new LatentGrid(4, 8, 0, true)).hasMessageContaining("at least 1");
  }
}
