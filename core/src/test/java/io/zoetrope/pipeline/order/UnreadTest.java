package io.zoetrope.pipeline.order;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.pipeline.TinyModel;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.model.VideoModel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnreadTest {
  @TempDir Path folder;

  private List<String> lines(Optional<String> negative, String... prompts) {
    Wish wish = Wish.of(prompts);
    Wish whole =
        new Wish(
            wish.prompts(),
            negative,
            wish.seed(),
            wish.size(),
            wish.frames(),
            wish.fps(),
            wish.steps(),
            wish.guidance(),
            wish.sampler());
    try (VideoModel model =
        VideoModel.load(ModelChoice.of(TinyModel.write(folder.resolve("model")), "f32"))) {
      return Unread.lines(whole, model);
    }
  }

  /** Eight tokens are read, the first of which is no word. */
  @Test
  void theNegativePromptIsCutLikeTheOther() {
    String longest = "a red ball moves right a red blue ball";
    assertThat(lines(Optional.of(longest), "a red ball"))
        .containsExactly("the negative prompt is too long; its end is not read: blue ball");
    assertThat(lines(Optional.empty(), longest))
        .containsExactly("the prompt is too long; its end is not read: blue ball");
  }

  @Test
  void wordsOfTheNegativePromptThatNobodyKnows() {
    assertThat(lines(Optional.of("blurry, red"), "a red cow."))
        .containsExactly(
            "the model has never seen the words: cow",
            "the model has never seen these words of the negative prompt: blurry");
  }

  @Test
  void ofSeveralPromptsTheOneThatIsCutIsNamed() {
    assertThat(lines(Optional.empty(), "a red ball", "a red ball moves right a red blue ball"))
        .containsExactly("prompt 2 of 2 is too long; its end is not read: blue ball");
  }
}
