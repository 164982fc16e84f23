package io.zoetrope.pipeline.family;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.text.LearnedWord;
import io.zoetrope.network.text.PromptEncoder;
import io.zoetrope.network.text.PromptTokenizer;
import io.zoetrope.network.text.TextConfig;
import io.zoetrope.network.text.TextTransformer;
import io.zoetrope.network.text.WordPrompts;
import io.zoetrope.network.text.clip.ClipPrompts;
import io.zoetrope.network.text.clip.ClipReading;
import io.zoetrope.network.text.clip.ClipTextConfig;
import io.zoetrope.network.text.clip.ClipTextModel;
import io.zoetrope.network.text.clip.ClipTokenizer;
import io.zoetrope.nn.Parameters;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;

/**
 * The text encoder and tokenizer of a model, by what its config says.
 *
 * @param width features of a token
 * @param names the encoder's name for a file's
 * @param make the encoder on its weights. What it gives opens the tokenizer, too, and throws a
 *     UserError if that is missing, damaged, or not the encoder's
 */
record TextPart(
    int width, UnaryOperator<String> names, Function<Parameters, Supplier<PromptEncoder>> make) {
  /**
   * Reads the config.
   *
   * @param reading how prompts are read, where the encoder is CLIP's
   * @param words that it learned apart
   */
  static TextPart read(ModelLayout layout, ClipReading reading, List<WordChoice> words) {
    JsonNode kinds = layout.text().config(JsonNode.class).path("architectures");
    if (kinds.isMissingNode()) {
      return words(layout, words);
    }
    if (!kinds.path(0).asString("").equals(ClipTextConfig.KIND)) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "%s: text encoder %s is unknown; %s is known"
              .formatted(layout.text().folder(), kinds, ClipTextConfig.KIND));
    }
    return clip(layout, reading, words);
  }

  /** The small transformer of models trained here. */
  private static TextPart words(ModelLayout layout, List<WordChoice> choices) {
    TextConfig config = layout.text().config(TextConfig.class);
    List<LearnedWord> words = learned(choices, config.width());
    return new TextPart(
        config.width(),
        UnaryOperator.identity(),
        p -> {
          TextTransformer text = new TextTransformer(config, p);
          return () -> {
            PromptTokenizer tokenizer = PromptTokenizer.load(layout.tokenizer(), config.length());
            return fitting(
                tokenizer::close, () -> new WordPrompts(text, tokenizer).taught(words), layout);
          };
        });
  }

  /** CLIP's, as Stable Diffusion has it. */
  private static TextPart clip(ModelLayout layout, ClipReading reading, List<WordChoice> choices) {
    ClipTextConfig config = layout.text().config(ClipTextConfig.class);
    List<LearnedWord> words = learned(choices, config.width());
    return new TextPart(
        config.width(),
        ClipTextModel::name,
        p -> {
          ClipTextModel text = new ClipTextModel(config, p);
          return () -> {
            ClipTokenizer tokenizer = ClipTokenizer.load(layout.tokenizerFolder());
            return fitting(
                tokenizer::close, () -> new ClipPrompts(text, tokenizer, reading, words), layout);
          };
        });
  }

  private static List<LearnedWord> learned(List<WordChoice> choices, int width) {
    return choices.stream().flatMap(word -> LearnedWords.read(word, width).stream()).toList();
  }

  /** Closes the tokenizer again if it does not fit. */
  private static PromptEncoder fitting(
      Runnable close, Supplier<PromptEncoder> make, ModelLayout layout) {
    try {
      return make.get();
    } catch (UserError e) {
      close.run();
      throw e.at(layout.directory());
    }
  }
}
