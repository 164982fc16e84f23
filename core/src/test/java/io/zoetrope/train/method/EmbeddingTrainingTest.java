package io.zoetrope.train.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.error.UserError;
import io.zoetrope.network.text.PromptEncoder;
import io.zoetrope.pipeline.TinyModel;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.family.TinyStableDiffusion;
import io.zoetrope.pipeline.family.WordChoice;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import io.zoetrope.train.TrainedPart;
import io.zoetrope.train.TrainingListener;
import io.zoetrope.train.part.BasePart;
import io.zoetrope.train.run.TrainingRun;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A word of its own: learned, written, read in prompts again. */
class EmbeddingTrainingTest {
  @TempDir Path folder;

  private TrainingRun.Outcome run(Path base, String part, String size, String captions) {
    String text =
        """
        {name: r, seed: 3, steps: 3, batch: 1, precision: f32, ema: 0.0,
         optimizer: {lr: 5e-2, weightDecay: 10}, sample: {every: 0},
         data: {kind: toybox, %s, frames: 2},
         objective: {kind: adapt, base: {model: '%s'}, parts: [{kind: embedding, name: it, %s}],
          clips: 2, captionDropout: 0, captions: %s}}
        """
            .formatted(size, base, part, captions);
    return TrainingRun.run(
        Methods.ALL.parse("r", text, List.of()),
        text,
        folder.resolve("runs"),
        false,
        TrainingListener.NONE);
  }

  private static float[] reads(PromptEncoder text, String words) {
    return Scopes.value(() ->
        Scopes.noGrad(() ->
            Tensors.toFloats(text.condition(List.of(words)).get(Conditioning.TEXT).orElseThrow())));
  }

  private void isReadBack(Path base, Path file, String word, String other, int width) {
    float[] rows;
    try (SafetensorsFile written = Safetensors.open(file);
        SafetensorsFile learned =
            Safetensors.open(folder.resolve("runs/r/checkpoints/step-000003/model.safetensors"))) {
      assertThat(written.entries().keySet()).containsExactly(word);
      rows = Tensors.toFloats(written.tensor(word));
      assertThat(Tensors.shape(written.tensor(word))).containsExactly(2, width);
      assertThat(rows).isEqualTo(Tensors.toFloats(learned.tensor("it.rows")));
      assertThat(written.metadata())
          .containsEntry("zoetrope.kind", "embedding")
          .containsEntry("zoetrope.like", other)
          .containsKey("zoetrope.base_print");
    }
    ModelChoice choice =
        ModelChoice.of(base, "f32").withWords(List.of(new WordChoice(file, Optional.empty())));
    try (VideoModel bare = VideoModel.load(ModelChoice.of(base, "f32"));
        VideoModel taught = VideoModel.load(choice)) {
      PromptEncoder text = taught.text().orElseThrow();
      assertThat(reads(text, other + " " + other))
          .as("other prompts are what they were")
          .isEqualTo(reads(bare.text().orElseThrow(), other + " " + other));
      assertThat(reads(text, "a " + word))
          .isNotEqualTo(reads(bare.text().orElseThrow(), "a " + word));
      assertThat(text.unknownWords("a " + word.toUpperCase(java.util.Locale.ROOT))).isEmpty();
      // The rows themselves stand in the prompt: as they would if they were asked for anew.
      PromptEncoder again =
          bare.text()
              .orElseThrow()
              .taught(List.of(io.zoetrope.network.text.LearnedWord.of(word, 2, rows)));
      assertThat(reads(text, word + " " + other)).isEqualTo(reads(again, word + " " + other));
    }
  }

  @Test
  void clipLearnsAWord() {
    Path base = TinyStableDiffusion.write(folder.resolve("sd"), ScalarType.Float);
    Path file =
        run(
                base,
                "word: <zog>, like: moon, vectors: 2",
                "width: 64, height: 64",
                "{templates: ['a picture of <zog>', '<zog> at night']}")
            .product();
    isReadBack(base, file, "<zog>", "moon", 16);
  }

  @Test
  void theToyWorldsOwnEncoderLearnsAWord() {
    Path base = TinyModel.write(folder.resolve("toy"));
    Path file =
        run(base, "word: zog, like: ball, vectors: 2", "width: 16, height: 16", "{prefix: 'zog '}")
            .product();
    isReadBack(base, file, "zog", "ball", 32);
  }

  /** Three of Adam's steps are at most 0.15; decay would take most of each number away. */
  @Test
  void aWordDoesNotDecay() {
    Path base = TinyModel.write(folder.resolve("toy"));
    TrainingRun.Outcome outcome =
        run(base, "word: zog, like: ball", "width: 16, height: 16", "{prefix: 'zog '}");
    try (SafetensorsFile written = Safetensors.open(outcome.product());
        VideoModel model = VideoModel.load(ModelChoice.of(base, "f32"))) {
      float[] start =
          Scopes.value(() -> Tensors.toFloats(model.text().orElseThrow().vectors("ball")));
      float[] learned = Tensors.toFloats(written.tensor("zog"));
      float largest = 0;
      for (int i = 0; i < start.length; i++) {
        assertThat(learned[i]).isBetween(start[i] - 0.2f, start[i] + 0.2f);
        largest = Math.max(largest, Math.abs(start[i]));
      }
      assertThat(largest).as("a number that decay would be seen on").isGreaterThan(0.5f);
    }
  }

  @Test
  void itBeginsAsTheWordThatItIsLike() {
    Path base = TinyStableDiffusion.write(folder.resolve("sd"), ScalarType.Float);
    io.zoetrope.train.part.PartBlock.Embedding block =
        new io.zoetrope.train.part.PartBlock.Embedding("it", "zog", "moon", 1, 1);
    try (VideoModel model = VideoModel.load(ModelChoice.of(base, "f32"));
        BasePart part = block.into(model, new io.zoetrope.torch.RandomStreams(1))) {
      PromptEncoder text = model.text().orElseThrow();
      PromptEncoder taught = part.reading(text);
      assertThat(reads(taught, "a zog, at night")).isEqualTo(reads(text, "a moon, at night"));
      assertThat(reads(taught, "a zoggy night")).isEqualTo(reads(text, "a zoggy night"));
      part.act(0);
      assertThat(reads(taught, "a zog, at night")).isEqualTo(reads(text, "a zog, at night"));
      assertThat(part.groups()).singleElement().matches(group -> !group.decays());
      TrainedPart unused = part;
      assertThatThrownBy(() -> part.act(0.5)).hasMessageContaining("1 or 0");
    }
  }

  @Test
  void whatCannotBeLearnedIsSaid() {
    Path toy = TinyModel.write(folder.resolve("toy"));
    Path sd = TinyStableDiffusion.write(folder.resolve("sd"), ScalarType.Float);
    String small = "width: 16, height: 16";
    String large = "width: 64, height: 64";
    refused(toy, "word: zog, like: cube", small, "{prefix: 'zog '}", "does not know 'cube'");
    refused(toy, "word: red, like: ball", small, "{prefix: 'red '}", "is a word of the tokenizer");
    refused(toy, "word: zog, like: ball", small, "{}", "no caption has 'zog'");
    refused(toy, "word: zog, like: red ball", small, "{prefix: 'zog '}", "is 2 tokens");
    refused(sd, "word: zog, like: moonly", large, "{prefix: 'zog '}", "tokens of the text encoder");
    refused(sd, "word: zog, like: moon, vectors: 0", large, "{}", "vectors must be 1 to 64");
    refused(sd, "word: ' ', like: moon", large, "{}", "must be words");
    refused(sd, "word: zog, like: moon", large, "{keep: 1}", "keep has no effect");
    refused(sd, "word: zog, like: moon", large, "{tagDropout: 2}", "tagDropout");
  }

  private void refused(Path base, String part, String size, String captions, String why) {
    assertThatThrownBy(() -> run(base, part, size, captions))
        .as(part + " " + captions)
        .isInstanceOf(UserError.class)
        .hasMessageContaining(why)
        .hasMessageNotContaining("\n");
  }
}
