package io.zoetrope.network.text.clip;

import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.text.LearnedTable;
import io.zoetrope.network.text.LearnedWord;
import io.zoetrope.network.text.PromptEncoder;
import io.zoetrope.network.text.WeightedPrompt;
import io.zoetrope.network.text.WordPrompts;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Prompts of Stable Diffusion 1.x: hidden states of CLIP's text transformer, all of them, without a
 * mask. A weight multiplies the hidden state of its token; then the chunk is scaled so that its
 * mean over tokens and features is what it was.
 */
public final class ClipPrompts implements PromptEncoder {
  private final ClipTextModel text;
  private final ClipTokenizer tokenizer;
  private final ClipReading reading;
  private final LearnedTable learned;

  /**
   * @throws UserError if the tokenizer has tokens that the model does not know, or so many blocks
   *     cannot be left out
   */
  public ClipPrompts(ClipTextModel text, ClipTokenizer tokenizer, ClipReading reading) {
    this(text, tokenizer, reading, List.of());
  }

  /**
   * As above.
   *
   * @param words that prompts may have besides
   * @throws UserError also if a word is the tokenizer's already, or there twice
   */
  public ClipPrompts(
      ClipTextModel text, ClipTokenizer tokenizer, ClipReading reading, List<LearnedWord> words) {
    this(
        text,
        tokenizer,
        reading,
        LearnedTable.none(text.config().vocabulary()).with(words, known(tokenizer)));
  }

  private static Predicate<String> known(ClipTokenizer tokenizer) {
    return name -> tokenizer.encode(name).size() == 1;
  }

  private ClipPrompts(
      ClipTextModel text, ClipTokenizer tokenizer, ClipReading reading, LearnedTable learned) {
    WordPrompts.requireKnown(tokenizer.tokens(), text.config().vocabulary());
    if (reading.skip() >= text.config().depth()) {
      throw new UserError(
          Fault.INVALID,
          "clip skip must be less than the text encoder's %s blocks, not %s"
              .formatted(text.config().depth(), reading.skip()));
    }
    this.text = text;
    this.tokenizer = tokenizer;
    this.reading = reading;
    this.learned = learned;
  }

  /** The same model, which reads in another way. */
  public ClipPrompts with(ClipReading other) {
    return new ClipPrompts(text, tokenizer, other, learned);
  }

  @Override
  public ClipPrompts taught(List<LearnedWord> words) {
    return new ClipPrompts(text, tokenizer, reading, learned.with(words, known(tokenizer)));
  }

  @Override
  public Tensor vectors(String words) {
    return text.vectors(tokenizer.encode(words).stream().mapToLong(piece -> piece.id()).toArray());
  }

  public ClipReading reading() {
    return reading;
  }

  @Override
  public boolean readsAsTold() {
    return true;
  }

  @Override
  public int width() {
    return text.config().width();
  }

  @Override
  public List<Conditioning> conditions(List<List<String>> groups) {
    List<List<ClipChunks>> chunks =
        groups.stream().map(group -> group.stream().map(this::chunks).toList()).toList();
    int most =
        chunks.stream()
            .flatMap(List::stream)
            .mapToInt(prompt -> prompt.rows().size())
            .max()
            .orElse(1);
    return chunks.stream().map(group -> encode(group, most)).toList();
  }

  private ClipChunks chunks(String prompt) {
    WeightedPrompt weighted =
        reading.syntax() == ClipReading.Syntax.PLAIN
            ? WeightedPrompt.plain(prompt)
            : WeightedPrompt.parse(prompt);
    return ClipChunks.of(weighted, tokenizer, learned, text.config().length(), reading.length());
  }

  /** Prompts of fewer chunks than others get empty ones behind. */
  private Conditioning encode(List<ClipChunks> prompts, int most) {
    int length = text.config().length();
    List<ClipChunks.Row> rows = new ArrayList<>();
    for (ClipChunks prompt : prompts) {
      rows.addAll(prompt.rows());
      for (int i = prompt.rows().size(); i < most; i++) {
        rows.add(ClipChunks.empty(tokenizer, length));
      }
    }
    long[] ids = rows.stream().flatMapToLong(row -> Arrays.stream(row.ids())).toArray();
    ClipTextModel.Encoded encoded =
        text.encode(
            Tensors.of(ids, rows.size(), length),
            Optional.empty(),
            reading.skip(),
            learned.vectors_EW());
    Tensor hidden = weighted(encoded.hidden_BND(), rows);
    int b = prompts.size();
    return Conditioning.text(hidden.reshape(b, (long) most * length, -1))
        .withPooled(encoded.pooled_BD().reshape(b, most, -1).select(1, 0));
  }

  private static Tensor weighted(Tensor hidden_RND, List<ClipChunks.Row> rows) {
    int length = rows.getFirst().weights().length;
    float[] weights = new float[rows.size() * length];
    boolean any = false;
    for (int i = 0; i < weights.length; i++) {
      weights[i] = rows.get(i / length).weights()[i % length];
      any |= weights[i] != 1;
    }
    if (!any) {
      return hidden_RND;
    }
    Tensor weighted =
        hidden_RND.mul(
            Tensors.of(weights, rows.size(), length, 1)
                .to(hidden_RND.device(), hidden_RND.scalar_type()));
    Tensor before_R = Ops.mean(hidden_RND.detach(), 1, 2).to(ScalarType.Double);
    Tensor after_R = Ops.mean(weighted.detach(), 1, 2).to(ScalarType.Double);
    // A mean of nothing cannot be restored.
    Tensor scale_R =
        before_R.div(after_R).masked_fill(after_R.eq(new Scalar(0.0)), new Scalar(1.0));
    return weighted.mul(scale_R.to(hidden_RND.scalar_type()).reshape(-1, 1, 1));
  }

  /** Bytes spell every word: none is unknown. */
  @Override
  public List<String> unknownWords(String prompt) {
    return List.of();
  }

  @Override
  public Optional<String> unread(String prompt) {
    return chunks(prompt).unread();
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
