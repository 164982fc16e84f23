package io.zoetrope.network.text;

import io.zoetrope.nn.Attention;
import io.zoetrope.nn.FeedForward;
import io.zoetrope.nn.Init;
import io.zoetrope.nn.Parameters;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** A small pre-norm transformer over the tokens of a prompt; every token sees every other. */
public final class TextTransformer {
  private final TextConfig config;
  private final Tensor tokens_VD;
  private final Tensor positions_ND;
  private final List<Block> blocks = new ArrayList<>();
  private final Tensor norm;

  private record Block(Attention attention, FeedForward feedForward) {}

  public TextTransformer(TextConfig config, Parameters p) {
    this.config = config;
    int width = config.width();
    tokens_VD = p.plain("token_embedding.weight", Init.normal(0.5), config.vocabulary(), width);
    positions_ND = p.plain("position_embedding.weight", Init.normal(0.1), config.length(), width);
    for (int i = 0; i < config.depth(); i++) {
      Parameters block = p.at("layers").at(i);
      blocks.add(
          new Block(
              Attention.self(block.at("self_attn"), width, config.heads(), Init.xavier()),
              FeedForward.of(block.at("mlp"), width, 4, Init.xavier())));
    }
    norm = p.plain("final_layer_norm.weight", Init.ONES, width);
  }

  public TextConfig config() {
    return config;
  }

  /**
   * What a prompt becomes.
   *
   * @param tokens_BND one vector a token, f32
   * @param pooled_BD their mean over the tokens that count
   */
  public record Encoded(Tensor tokens_BND, Tensor pooled_BD) {}

  /**
   * @param ids_BN token ids, int64, N = {@code config.length()}; on any device
   * @param mask true where a token counts, [B, N]; on any device
   */
  public Encoded encode(Tensor ids_BN, Tensor mask) {
    return encode(ids_BN, mask, Optional.empty());
  }

  /** The vectors of tokens before their positions are added: [n, width], f32. */
  Tensor vectors(long... ids) {
    return LearnedTable.embedded(tokens_VD, Tensors.of(ids, ids.length), Optional.empty());
  }

  /**
   * As above.
   *
   * @param more_EW vectors of tokens behind the vocabulary, whose ids go on after its last
   */
  Encoded encode(Tensor ids_BN, Tensor mask, Optional<Tensor> more_EW) {
    Tensor mask_BN = Tensors.beside(tokens_VD, mask);
    Tensor x = LearnedTable.embedded(tokens_VD, ids_BN, more_EW).add(positions_ND);
    Optional<Tensor> seen = Optional.of(mask_BN.reshape(mask_BN.size(0), 1, 1, mask_BN.size(1)));
    for (Block block : blocks) {
      x = x.add(block.attention.self(norm(x), Optional.empty(), seen));
      x = x.add(block.feedForward.forward(norm(x)));
    }
    x = Ops.layerNorm(x, Optional.of(norm), Optional.empty(), 1e-6);
    Tensor counts = mask_BN.to(ScalarType.Float).unsqueeze(2);
    return new Encoded(x, x.mul(counts).sum(1).div(counts.sum(1)));
  }

  private static Tensor norm(Tensor x) {
    return Ops.layerNorm(x, Optional.empty(), Optional.empty(), 1e-6);
  }
}
