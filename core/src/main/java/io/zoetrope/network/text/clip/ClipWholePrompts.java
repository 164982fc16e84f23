package io.zoetrope.network.text.clip;

import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.network.text.PromptEncoder;
import io.zoetrope.network.text.TokenizerJson.Piece;
import io.zoetrope.network.text.WordPrompts;
import io.zoetrope.nn.Init;
import io.zoetrope.nn.Linear;
import io.zoetrope.nn.Parameters;
import io.zoetrope.torch.Tensors;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Prompts as unCLIP's prior reads them: hidden states of CLIP's text transformer, which of them
 * count, and the embedding of the whole text in the space that pictures share with it.
 */
public final class ClipWholePrompts implements PromptEncoder {
  private final Weights weights;
  private final ClipTokenizer tokenizer;

  /** The network: {@code CLIPTextModelWithProjection} of transformers. */
  public static final class Weights {
    /** What {@code architectures} says in its config.json. */
    public static final String KIND = "CLIPTextModelWithProjection";

    private final ClipTextModel text;
    private final Linear projection;

    /**
     * The network on its weights.
     *
     * @param embedding features of the whole: {@code projection_dim}
     */
    public Weights(ClipTextConfig config, int embedding, Parameters p) {
      text = new ClipTextModel(config, p);
      projection =
          Linear.withoutBias(p.at("text_projection"), config.width(), embedding, Init.xavier());
    }
  }

  /**
   * @throws io.zoetrope.error.UserError if the tokenizer has tokens that the model does not know
   */
  public ClipWholePrompts(Weights weights, ClipTokenizer tokenizer) {
    WordPrompts.requireKnown(tokenizer.tokens(), weights.text.config().vocabulary());
    this.weights = weights;
    this.tokenizer = tokenizer;
  }

  @Override
  public int width() {
    return weights.text.config().width();
  }

  @Override
  public List<Conditioning> conditions(List<List<String>> groups) {
    return groups.stream().map(this::read).toList();
  }

  private Conditioning read(List<String> prompts) {
    int length = weights.text.config().length();
    long[] ids = new long[prompts.size() * length];
    long[] counts = new long[ids.length];
    Arrays.fill(ids, tokenizer.pad());
    for (int i = 0; i < prompts.size(); i++) {
      List<Piece> pieces = tokenizer.encode(prompts.get(i));
      int n = Math.min(pieces.size(), length - 2);
      int at = i * length;
      ids[at] = tokenizer.start();
      for (int j = 0; j < n; j++) {
        ids[at + 1 + j] = pieces.get(j).id();
      }
      ids[at + 1 + n] = tokenizer.end();
      Arrays.fill(counts, at, at + n + 2, 1);
    }
    ClipTextModel.Encoded encoded = weights.text.encode(Tensors.of(ids, prompts.size(), length));
    Tensor whole = weights.projection.forward(encoded.pooled_BD()).to(ScalarType.Float);
    Tensor mask =
        Tensors.beside(whole, Tensors.of(counts, prompts.size(), length).to(ScalarType.Bool));
    return Conditioning.text(encoded.hidden_BND(), mask).withPooled(whole);
  }

  /** Bytes spell every word: none is unknown. */
  @Override
  public List<String> unknownWords(String prompt) {
    return List.of();
  }

  @Override
  public Optional<String> unread(String prompt) {
    List<Piece> pieces = tokenizer.encode(prompt);
    int most = weights.text.config().length() - 2;
    return pieces.size() <= most
        ? Optional.empty()
        : Optional.of(prompt.substring(pieces.get(most).start()).strip());
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
