package io.zoetrope.pipeline.family;

import io.zoetrope.checkpoint.keys.T5Names;
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
import io.zoetrope.network.text.clip.ClipWholePrompts;
import io.zoetrope.network.text.t5.T5Config;
import io.zoetrope.network.text.t5.T5Prompts;
import io.zoetrope.network.text.t5.T5TextModel;
import io.zoetrope.network.text.t5.T5Tokenizer;
import io.zoetrope.nn.Parameters;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
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
   * @param whole tokens of every text, where the network reads all of them
   */
  static TextPart read(
      ModelLayout layout, ClipReading reading, List<WordChoice> words, OptionalInt whole) {
    JsonNode kinds = layout.text().config(JsonNode.class).path("architectures");
    if (kinds.isMissingNode()) {
      return words(layout, words);
    }
    return switch (kinds.path(0).asString("")) {
      case ClipTextConfig.KIND -> clip(layout, reading, words);
      case ClipWholePrompts.Weights.KIND -> whole(layout);
      case T5Config.T5, T5Config.UMT5 -> t5(layout, words, whole);
      default ->
          throw new UserError(
              Fault.UNSUPPORTED,
              "%s: text encoder %s is unknown; known are %s, %s, %s and %s"
                  .formatted(
                      layout.text().folder(),
                      kinds,
                      ClipTextConfig.KIND,
                      ClipWholePrompts.Weights.KIND,
                      T5Config.T5,
                      T5Config.UMT5));
    };
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

  /** CLIP's, with the embedding of the whole text: as unCLIP's prior reads it. */
  private static TextPart whole(ModelLayout layout) {
    ClipTextConfig config = layout.text().config(ClipTextConfig.class);
    int embedding =
        layout.text().config(JsonNode.class).path("projection_dim").asInt(config.width());
    return new TextPart(
        config.width(),
        ClipTextModel::name,
        p -> {
          ClipWholePrompts.Weights text = new ClipWholePrompts.Weights(config, embedding, p);
          return () -> {
            ClipTokenizer tokenizer = ClipTokenizer.load(layout.tokenizerFolder());
            return fitting(tokenizer::close, () -> new ClipWholePrompts(text, tokenizer), layout);
          };
        });
  }

  /** T5's or UMT5's: all tokens of a prompt, and which of them count. */
  private static TextPart t5(ModelLayout layout, List<WordChoice> choices, OptionalInt whole) {
    T5Config config = layout.text().config(T5Config.class);
    if (!choices.isEmpty()) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "%s: a text encoder of T5 takes no words that were learned apart"
              .formatted(layout.text().folder()));
    }
    return new TextPart(
        config.width(),
        T5TextModel::name,
        p -> {
          T5TextModel text = new T5TextModel(config, p);
          return () -> {
            T5Tokenizer tokenizer = T5Tokenizer.load(layout.tokenizerFolder());
            return fitting(
                tokenizer::close,
                () ->
                    new T5Prompts(
                        text,
                        tokenizer,
                        whole.orElse(tokenizer.length()),
                        whole.isPresent() ? T5Prompts.Reading.WHOLE : T5Prompts.Reading.MASKED),
                layout);
          };
        });
  }

  /**
   * A T5 or UMT5 in a file of its own.
   *
   * @param tokenizer opens it, or throws a UserError
   * @param whole tokens of every text, where the network reads all of them
   */
  static TextPart ofFile(
      Path file, T5Config config, Supplier<T5Tokenizer> tokenizer, OptionalInt whole) {
    return new TextPart(
        config.width(),
        T5Names::ours,
        p -> {
          T5TextModel text = new T5TextModel(config, p);
          return () -> {
            T5Tokenizer opened = tokenizer.get();
            try {
              return new T5Prompts(
                  text,
                  opened,
                  whole.orElse(opened.length()),
                  whole.isPresent() ? T5Prompts.Reading.WHOLE : T5Prompts.Reading.MASKED);
            } catch (UserError e) {
              opened.close();
              throw e.at(file);
            }
          };
        });
  }

  /**
   * The text transformer of an OpenCLIP in a file.
   *
   * @param tokenizer a folder
   */
  static TextPart ofOpenClip(Path file, ClipTextConfig config, Path tokenizer, ModelChoice choice) {
    List<LearnedWord> words = learned(choice.words(), config.width());
    return new TextPart(
        config.width(),
        UnaryOperator.identity(),
        p -> {
          ClipTextModel text = new ClipTextModel(config, p);
          return () -> {
            ClipTokenizer opened = ClipTokenizer.openClip(tokenizer);
            return fitting(
                opened::close, () -> new ClipPrompts(text, opened, choice.reading(), words), file);
          };
        });
  }

  private static List<LearnedWord> learned(List<WordChoice> choices, int width) {
    return choices.stream().flatMap(word -> LearnedWords.read(word, width).stream()).toList();
  }

  /** Closes the tokenizer again if it does not fit. */
  private static PromptEncoder fitting(
      Runnable close, Supplier<PromptEncoder> make, ModelLayout layout) {
    return fitting(close, make, layout.directory());
  }

  private static PromptEncoder fitting(Runnable close, Supplier<PromptEncoder> make, Path where) {
    try {
      return make.get();
    } catch (UserError e) {
      close.run();
      throw e.at(where);
    }
  }
}
