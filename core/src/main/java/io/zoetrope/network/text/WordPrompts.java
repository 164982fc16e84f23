package io.zoetrope.network.text;

import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.Tensors;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * Prompts of a {@link TextTransformer}: its tokens with their mask, and their mean.
 *
 * @param learned words that prompts may have besides
 */
public record WordPrompts(TextTransformer text, PromptTokenizer tokenizer, LearnedTable learned)
    implements PromptEncoder {
  /**
   * @throws UserError if the tokenizer has tokens that the transformer does not know
   */
  public WordPrompts {
    requireKnown(tokenizer.tokens(), text.config().vocabulary());
  }

  /** As above, without words besides. */
  public WordPrompts(TextTransformer text, PromptTokenizer tokenizer) {
    this(text, tokenizer, LearnedTable.none(text.config().vocabulary()));
  }

  @Override
  public WordPrompts taught(List<LearnedWord> words) {
    return new WordPrompts(text, tokenizer, learned.with(words, tokenizer::isWord));
  }

  @Override
  public Tensor vectors(String words) {
    List<String> unknown = tokenizer.unknownWords(words);
    if (!unknown.isEmpty()) {
      throw new UserError(
          Fault.MISMATCH,
          "the model's text encoder does not know '%s'".formatted(unknown.getFirst()),
          "take a word of its captions");
    }
    return text.vectors(tokenizer.ids(words));
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
    PromptTokenizer.Tokens tokens = tokenizer.encode(prompts, learned);
    TextTransformer.Encoded encoded =
        text.encode(tokens.ids_BN(), tokens.mask_BN(), learned.vectors_EW());
    Tensor mask_BN = Tensors.beside(encoded.tokens_BND(), tokens.mask_BN());
    return Conditioning.text(encoded.tokens_BND(), mask_BN).withPooled(encoded.pooled_BD());
  }

  @Override
  public List<String> unknownWords(String prompt) {
    return tokenizer.unknownWords(prompt, learned);
  }

  @Override
  public Optional<String> unread(String prompt) {
    return tokenizer.unread(prompt, learned);
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
