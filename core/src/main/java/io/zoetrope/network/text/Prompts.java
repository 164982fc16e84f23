package io.zoetrope.network.text;

import io.zoetrope.diffusion.Conditioning;
import java.util.List;

/** From prompts to what denoisers are conditioned on. */
public final class Prompts {
  private Prompts() {}

  /** One row for each prompt. Gradients flow to the text encoder where they are recorded. */
  public static Conditioning condition(
      TextTransformer text, PromptTokenizer tokenizer, List<String> prompts) {
    PromptTokenizer.Tokens tokens = tokenizer.encode(prompts);
    TextTransformer.Encoded encoded = text.encode(tokens.ids_BN(), tokens.mask_BN());
    return Conditioning.text(encoded.tokens_BND(), tokens.mask_BN())
        .with(Conditioning.POOLED, encoded.pooled_BD());
  }
}
