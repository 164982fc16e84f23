package io.zoetrope.pipeline.order;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.pipeline.TinyModel;
import io.zoetrope.pipeline.family.Knowledge;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnreadTest {
  @TempDir Path folder;

  private Knowledge knows = Knowledge.ANY;

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
      return Unread.lines(whole, model, knows);
    }
  }

  @Test
  void whatAModelKnowsIsSaidWhereItDoesNot() {
    knows =
        new Knowledge(
            "toys only", List.of(new Knowledge.Unlearnt(List.of("right"), "it stands still")));
    assertThat(lines(Optional.of("blurry"), "A cat moves Right!"))
        .containsExactly(
            "the model has never seen the words: cat; it knows toys only",
            "the model has not learnt 'right': it stands still",
            "the model has never seen these words of the negative prompt: blurry");
    assertThat(lines(Optional.empty(), "a red ball moves")).isEmpty();
  }

  /** The bundled model's own word on what it is asked for in the readme's next question. */
  @Test
  void theBundledModelSaysThatItKnowsToys() {
    Knowledge toybox = Knowledge.of(Path.of("../models/toybox"));
    assertThat(toybox.only()).contains("toys", "zoetrope pull ");
    assertThat(toybox.unlearnt()).anyMatch(unlearnt -> unlearnt.words().contains("spins"));
    assertThat(Knowledge.of(Path.of("../models/toybox-refiner"))).isEqualTo(Knowledge.ANY);
  }

  @Test
  void sizesAndLengthsFarFromTrainingAreSaid() {
    try (VideoModel model =
        VideoModel.load(ModelChoice.of(TinyModel.write(folder.resolve("model")), "f32"))) {
      VideoRequest usual = VideoRequest.of("", 0, model.defaults());
      VideoRequest large = usual.withSize(2 * usual.width(), usual.height());
      VideoRequest longer = usual.withFrames(2 * usual.frames());
      assertThat(Unusual.lines(usual, model, true)).isEmpty();
      assertThat(Unusual.lines(large, model, true))
          .containsExactly(
              "the model is at its best at %sx%s: at %sx%s things may come out wrong"
                  .formatted(usual.width(), usual.height(), large.width(), large.height()));
      assertThat(Unusual.lines(longer, model, true)).hasSize(1);
      assertThat(Unusual.lines(longer, model, false)).isEmpty();
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
