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

/** Attention to the tokens before, then a feed-forward layer, each after a norm and added on. */
final class ClipBlock {
  private final long heads;
  private final ClipTextConfig.Activation activation;
  private final LayerNorm norm1;
  private final LayerNorm norm2;
  private final Linear q;
  private final Linear k;
  private final Linear v;
  private final Linear out;
  private final Linear fc1;
  private final Linear fc2;

  ClipBlock(ClipTextConfig config, Parameters p) {
    heads = config.heads();
    activation = config.activation();
    long width = config.width();
    Parameters attention = p.at("self_attn");
    k = Linear.of(attention.at("k_proj"), width, width, Init.xavier());
    v = Linear.of(attention.at("v_proj"), width, width, Init.xavier());
    q = Linear.of(attention.at("q_proj"), width, width, Init.xavier());
    out = Linear.of(attention.at("out_proj"), width, width, Init.xavier());
    norm1 = LayerNorm.of(p.at("layer_norm1"), width, config.normEps());
    fc1 = Linear.of(p.at("mlp").at("fc1"), width, config.hidden(), Init.xavier());
    fc2 = Linear.of(p.at("mlp").at("fc2"), config.hidden(), width, Init.xavier());
    norm2 = LayerNorm.of(p.at("layer_norm2"), width, config.normEps());
  }

  /**
   * @param x_BND f32
   * @param mask true where a token may look, broadcast to [B, Hd, N, N]; if empty, at itself and
   *     all before
   */
  Tensor forward(Tensor x_BND, Optional<Tensor> mask) {
    Tensor normed = norm1.forward(x_BND);
    Tensor looked =
        attend(split(q.forward(normed)), split(k.forward(normed)), split(v.forward(normed)), mask);
    Tensor x = x_BND.add(out.forward(looked.transpose(1, 2).flatten(2, 3)));
    return x.add(fc2.forward(activate(fc1.forward(norm2.forward(x)))));
  }

  private static Tensor attend(Tensor q, Tensor k, Tensor v, Optional<Tensor> mask) {
    return mask.isPresent() ? Ops.attention(q, k, v, mask) : Ops.causalAttention(q, k, v);
  }

  private Tensor activate(Tensor x) {
    return switch (activation) {
      case QUICK_GELU -> x.mul(Ops.mul(x, 1.702).sigmoid());
      case GELU -> torch.gelu(x);
    };
  }

  /** [B, N, Hd * D] -> [B, Hd, N, D], f32. */
  private Tensor split(Tensor x) {
    return x.to(ScalarType.Float)
        .reshape(x.size(0), x.size(1), heads, x.size(2) / heads)
        .transpose(1, 2);
  }
}
