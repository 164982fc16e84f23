package io.zoetrope.network.text;

import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.Tensors;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/** Prompts of a {@link TextTransformer}: its tokens with their mask, and their mean. */
public record WordPrompts(TextTransformer text, PromptTokenizer tokenizer)
    implements PromptEncoder {
  /**
   * @throws UserError if the tokenizer has tokens that the transformer does not know
   */
  public WordPrompts {
    requireKnown(tokenizer.tokens(), text.config().vocabulary());
  }

  /**
   * @param tokens of a tokenizer
   * @param vocabulary of a text encoder
   * @throws UserError if there are more tokens than the vocabulary has
   */
  public static void requireKnown(int tokens, int vocabulary) {
    if (tokens > vocabulary) {
      throw new UserError(
          Fault.MISMATCH,
          ("the tokenizer has %s tokens, the text encoder knows %s: they belong to different"
                  + " models, take both from one")
              .formatted(tokens, vocabulary));
    }
  }

  @Override
  public int width() {
    return text.config().width();
  }

  @Override
  public List<Conditioning> conditions(List<List<String>> groups) {
    return groups.stream().map(this::encode).toList();
  }

  private Conditioning encode(List<String> prompts) {
    PromptTokenizer.Tokens tokens = tokenizer.encode(prompts);
    TextTransformer.Encoded encoded = text.encode(tokens.ids_BN(), tokens.mask_BN());
    Tensor mask_BN = Tensors.beside(encoded.tokens_BND(), tokens.mask_BN());
    return Conditioning.text(encoded.tokens_BND(), mask_BN).withPooled(encoded.pooled_BD());
  }

  @Override
  public List<String> unknownWords(String prompt) {
    return tokenizer.unknownWords(prompt);
  }

  @Override
  public Optional<String> unread(String prompt) {
    return tokenizer.unread(prompt);
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
