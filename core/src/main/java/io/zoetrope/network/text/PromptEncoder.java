package io.zoetrope.network.text;

import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * From prompts to what denoisers are conditioned on: a tokenizer and a text transformer. It borrows
 * the transformer's weights and owns the tokenizer.
 */
public interface PromptEncoder extends AutoCloseable {
  /** Features of a token. */
  int width();

  /**
   * One conditioning for each group of prompts, with one row for each prompt of the group. All have
   * the same number of tokens, so that they can be joined. Gradients flow to the transformer where
   * they are recorded.
   */
  List<Conditioning> conditions(List<List<String>> groups);

  /** One row for each prompt. */
  default Conditioning condition(List<String> prompts) {
    return conditions(List.of(prompts)).getFirst();
  }

  /** Words of the prompt that the model has never seen, in order. */
  List<String> unknownWords(String prompt);

  /** The end of the prompt, where it is too long to be read whole. */
  Optional<String> unread(String prompt);

  /** Whether blocks of it may be left out, and long prompts read a part at a time. */
  default boolean readsAsTold() {
    return false;
  }

  /**
   * The same encoder, which knows words besides; it borrows the tokenizer. Gradients flow to their
   * rows where they are recorded.
   *
   * @throws UserError if a word is there already, or the encoder takes none
   */
  default PromptEncoder taught(List<LearnedWord> words) {
    throw new UserError(Fault.UNSUPPORTED, "the model's text encoder learns no words");
  }

  /**
   * What the encoder has for each token of some words: [n, width], f32.
   *
   * @throws UserError if there is a word that it does not know
   */
  default Tensor vectors(String words) {
    throw new UserError(Fault.UNSUPPORTED, "the model's text encoder learns no words");
  }

  @Override
  void close();
}
