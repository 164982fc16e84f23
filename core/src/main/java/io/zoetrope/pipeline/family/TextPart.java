package io.zoetrope.pipeline.family;

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
import io.zoetrope.torch.Fault;
import io.zoetrope.torch.UserError;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;

/** The text encoder and tokenizer of a model directory, by what its config says. */
sealed interface TextPart {
  /** Features of a token. */
  int width();

  /** The encoder's name for a file's. */
  default UnaryOperator<String> names() {
    return UnaryOperator.identity();
  }

  /**
   * The encoder on its weights. What it gives opens the tokenizer, too.
   *
   * @return throws UserError if the tokenizer is missing, damaged, or not the encoder's
   */
  Supplier<PromptEncoder> build(Parameters p);

  /**
   * Reads the config.
   *
   * @param reading how prompts are read, where the encoder is CLIP's
   */
  static TextPart read(ModelLayout layout, ClipReading reading) {
    JsonNode kinds = layout.text().config(JsonNode.class).path("architectures");
    if (kinds.isMissingNode()) {
      return new Words(layout, layout.text().config(TextConfig.class));
    }
    if (!kinds.path(0).asString("").equals(ClipTextConfig.KIND)) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "%s: text encoder %s is unknown; %s is known"
              .formatted(layout.text().folder(), kinds, ClipTextConfig.KIND));
    }
    return new Clip(layout, layout.text().config(ClipTextConfig.class), reading);
  }

  /** The small transformer of models trained here. */
  record Words(ModelLayout layout, TextConfig config) implements TextPart {
    @Override
    public int width() {
      return config.width();
    }

    @Override
    public Supplier<PromptEncoder> build(Parameters p) {
      TextTransformer text = new TextTransformer(config, p);
      return () -> {
        PromptTokenizer tokenizer = PromptTokenizer.load(layout.tokenizer(), config.length());
        return fitting(tokenizer::close, () -> new WordPrompts(text, tokenizer), layout);
      };
    }
  }

  /** CLIP's, as Stable Diffusion has it. */
  record Clip(ModelLayout layout, ClipTextConfig config, ClipReading reading) implements TextPart {
    @Override
    public int width() {
      return config.width();
    }

    @Override
    public UnaryOperator<String> names() {
      return ClipTextModel::name;
    }

    @Override
    public Supplier<PromptEncoder> build(Parameters p) {
      ClipTextModel text = new ClipTextModel(config, p);
      return () -> {
        ClipTokenizer tokenizer = ClipTokenizer.load(layout.tokenizerFolder());
        return fitting(tokenizer::close, () -> new ClipPrompts(text, tokenizer, reading), layout);
      };
    }
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
