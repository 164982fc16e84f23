package io.zoetrope.network.text.clip;

import io.zoetrope.nn.Init;
import io.zoetrope.nn.LayerNorm;
import io.zoetrope.nn.Linear;
import io.zoetrope.nn.Parameters;
import io.zoetrope.torch.Ops;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Attention, then a feed-forward layer, each after a norm and added on: in text and in pictures.
 */
public final class ClipBlock {
  private final Shape shape;
  private final LayerNorm norm1;
  private final LayerNorm norm2;
  private final Linear q;
  private final Linear k;
  private final Linear v;
  private final Linear out;
  private final Linear fc1;
  private final Linear fc2;

  /** Whom a token looks at. */
  public enum Sight {
    /** Itself and those before it: in text. */
    BEFORE,
    /** All: in pictures. */
    ALL
  }

  /**
   * What a block is like.
   *
   * @param width features of a token
   * @param hidden features inside the feed-forward layer
   * @param heads of attention
   * @param activation inside the feed-forward layer
   * @param normEps of layer normalisation
   */
  public record Shape(
      int width,
      int hidden,
      int heads,
      ClipTextConfig.Activation activation,
      double normEps,
      Sight sight) {}

  public ClipBlock(Shape shape, Parameters p) {
    this.shape = shape;
    long width = shape.width();
    Parameters attention = p.at("self_attn");
    k = Linear.of(attention.at("k_proj"), width, width, Init.xavier());
    v = Linear.of(attention.at("v_proj"), width, width, Init.xavier());
    q = Linear.of(attention.at("q_proj"), width, width, Init.xavier());
    out = Linear.of(attention.at("out_proj"), width, width, Init.xavier());
    norm1 = LayerNorm.of(p.at("layer_norm1"), width, shape.normEps());
    fc1 = Linear.of(p.at("mlp").at("fc1"), width, shape.hidden(), Init.xavier());
    fc2 = Linear.of(p.at("mlp").at("fc2"), shape.hidden(), width, Init.xavier());
    norm2 = LayerNorm.of(p.at("layer_norm2"), width, shape.normEps());
  }

  /**
   * @param x_BND f32
   * @param mask true where a token may look, broadcast to [B, Hd, N, N]; if empty, as the shape
   *     says
   * @return [B, N, D] f32
   */
  public Tensor forward(Tensor x_BND, Optional<Tensor> mask) {
    Tensor normed = norm1.forward(x_BND);
    Tensor looked =
        attend(split(q.forward(normed)), split(k.forward(normed)), split(v.forward(normed)), mask);
    Tensor x = x_BND.add(out.forward(looked.transpose(1, 2).flatten(2, 3)));
    return x.add(fc2.forward(activate(fc1.forward(norm2.forward(x)))));
  }

  private Tensor attend(Tensor q, Tensor k, Tensor v, Optional<Tensor> mask) {
    boolean causal = mask.isEmpty() && shape.sight() == Sight.BEFORE;
    return causal ? Ops.causalAttention(q, k, v) : Ops.attention(q, k, v, mask);
  }

  private Tensor activate(Tensor x) {
    return switch (shape.activation()) {
      case QUICK_GELU -> x.mul(Ops.mul(x, 1.702).sigmoid());
      case GELU -> torch.gelu(x);
    };
  }

  /** [B, N, Hd * D] -> [B, Hd, N, D], f32. */
  private Tensor split(Tensor x) {
    return x.to(ScalarType.Float)
        .reshape(x.size(0), x.size(1), shape.heads(), x.size(2) / shape.heads())
        .transpose(1, 2);
  }
}
