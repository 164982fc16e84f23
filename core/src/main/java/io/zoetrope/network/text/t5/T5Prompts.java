package io.zoetrope.network.text.t5;

import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.network.text.PromptEncoder;
import io.zoetrope.network.text.WordPrompts;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Prompts of models that read T5: as many tokens for each, zeros where a prompt is shorter, and
 * which of them count. Only the tokens of the prompt and its end are computed.
 *
 * @param length tokens of a prompt, its end among them; longer ones are cut
 * @param reading how they are read
 */
public record T5Prompts(T5TextModel text, T5Tokenizer tokenizer, int length, Reading reading)
    implements PromptEncoder {
  /** How prompts are read. */
  public enum Reading {
    /** As they are; which tokens count is said. */
    MASKED,

    /**
     * Without what pages of the web leave in them ({@link PromptText}); what is behind a prompt's
     * end counts: Wan.
     */
    WHOLE
  }

  /**
   * @throws io.zoetrope.error.UserError if the tokenizer has tokens that the model does not know
   */
  public T5Prompts {
    if (length < 1) {
      throw new IllegalArgumentException("prompts of " + length + " tokens");
    }
    WordPrompts.requireKnown(tokenizer.tokens(), text.config().vocabulary());
  }

  @Override
  public int width() {
    return text.config().width();
  }

  @Override
  public List<Conditioning> conditions(List<List<String>> groups) {
    Map<String, Tensor> read = new HashMap<>();
    groups.forEach(group -> group.forEach(prompt -> read.computeIfAbsent(prompt, this::tokens)));
    return groups.stream()
        .map(group -> joined(group.stream().map(p -> Objects.requireNonNull(read.get(p))).toList()))
        .toList();
  }

  /** [n, D], n at most the length. */
  private Tensor tokens(String prompt) {
    long[] ids = tokenizer.ids(read(prompt), length);
    return text.encode(Tensors.of(ids, 1, ids.length), Optional.empty()).squeeze(0);
  }

  private String read(String prompt) {
    return reading == Reading.WHOLE ? PromptText.cleaned(prompt) : prompt;
  }

  private Conditioning joined(List<Tensor> prompts) {
    List<Tensor> rows = new ArrayList<>();
    List<Tensor> means = new ArrayList<>();
    long[] counts = new long[prompts.size() * length];
    for (int i = 0; i < prompts.size(); i++) {
      Tensor tokens_ND = prompts.get(i);
      long n = tokens_ND.size(0);
      Tensor none = Tensors.beside(tokens_ND, Tensors.zeros(length - n, tokens_ND.size(1)));
      rows.add(Tensors.cat(List.of(tokens_ND, none), 0));
      means.add(tokens_ND.mean(0));
      Arrays.fill(counts, i * length, i * length + (int) n, 1);
    }
    Tensor text_BND = Tensors.stack(rows, 0);
    Conditioning text = Conditioning.text(text_BND).withPooled(Tensors.stack(means, 0));
    if (reading == Reading.WHOLE) {
      return text;
    }
    Tensor mask_BN =
        Tensors.beside(text_BND, Tensors.of(counts, prompts.size(), length).to(ScalarType.Bool));
    return text.with(Conditioning.TEXT_MASK, mask_BN.unsqueeze(1));
  }

  @Override
  public List<String> unknownWords(String prompt) {
    return tokenizer.unknownWords(read(prompt));
  }

  @Override
  public Optional<String> unread(String prompt) {
    return tokenizer.unread(read(prompt), length);
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
