package io.zoetrope.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class PromptCuesTest {
  @Test
  void aHardEdge() {
    PromptTrack track = new PromptCues(List.of(0L, 2L, 3L), 0).track(0, 5);
    assertThat(track.weights())
        .isDeepEqualTo(new double[][] {{1, 0, 0}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {0, 0, 1}});
    assertThat(track.slice(0, 2).uses(1)).isFalse();
    assertThat(track.isSingle()).isFalse();
  }

  @Test
  void aSoftEdgeLiesAroundItsFrame() {
    PromptTrack track = new PromptCues(List.of(0L, 4L), 3).track(0, 8);
    double[] second = new double[8];
    for (int f = 0; f < 8; f++) {
      second[f] = track.weight(f, 1);
      assertThat(track.weight(f, 0)).isEqualTo(1 - second[f]);
    }
    assertThat(second).containsExactly(0, 0, 0, 0.25, 0.5, 0.75, 1, 1);
  }

  @Test
  void aWindowSeesThePartThatItLooksAt() {
    PromptCues cues = new PromptCues(List.of(0L, 10L, 30L), 4);
    PromptTrack whole = cues.track(0, 50);
    for (int first = 0; first < 40; first += 3) {
      assertThat(cues.track(first, 10)).isEqualTo(whole.slice(first, 10));
    }
    assertThat(cues.track(1_000_000_000_000L, 2).weight(1, 2)).isEqualTo(1);
  }

  @Test
  void whatCannotBeIsRefusedInOneLine() {
    refused(List.of(), 0, "at least one prompt");
    refused(List.of(1L), 0, "the first prompt sets in at frame 0, not 1");
    refused(List.of(0L, 4L, 4L), 0, "frame 4 comes after frame 4");
    refused(List.of(0L, 4L, 6L), 3, "nearer than the 3 frames");
    refused(List.of(0L, 1L), 4, "nearer than the 4 frames");
    refused(List.of(0L), -1, "0 frames or more, not -1");
    assertThatThrownBy(() -> PromptTrack.of(new double[][] {{0.5, 0.4}}))
        .hasMessage("frame 0: the weights of its prompts must add up to 1, not 0.9");
    assertThatThrownBy(() -> PromptTrack.of(new double[][] {{1, 0}, {1}}))
        .hasMessage("frame 1 has weights of 1 prompts where frame 0 has 2");
    assertThatThrownBy(() -> PromptTrack.of(new double[][] {{2, -1}}))
        .hasMessage("frame 0: a prompt's weight lies in [0, 1]; 2.0 does not");
    assertThatThrownBy(() -> PromptTrack.of(new double[][] {{Double.NaN}}))
        .hasMessageContaining("NaN");
  }

  private static void refused(List<Long> starts, int blend, String message) {
    assertThatThrownBy(() -> new PromptCues(starts, blend))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message)
        .hasMessageNotContaining("\n");
  }
}
