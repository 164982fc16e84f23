package io.zoetrope.network.prior;

import io.zoetrope.nn.Init;
import io.zoetrope.nn.LayerNorm;
import io.zoetrope.nn.Linear;
import io.zoetrope.nn.Parameters;
import io.zoetrope.torch.Ops;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Attention with biases, then a feed-forward layer with GELU, each after a norm and added on. */
final class PriorBlock {
  private static final double EPS = 1e-5;

  private final int heads;
  private final LayerNorm norm1;
  private final Linear q;
  private final Linear k;
  private final Linear v;
  private final Linear out;
  private final LayerNorm norm3;
  private final Linear up;
  private final Linear down;

  PriorBlock(PriorConfig config, Parameters p) {
    heads = config.heads();
    long width = config.width();
    norm1 = LayerNorm.of(p.at("norm1"), width, EPS);
    Parameters attention = p.at("attn1");
    q = Linear.of(attention.at("to_q"), width, width, Init.xavier());
    k = Linear.of(attention.at("to_k"), width, width, Init.xavier());
    v = Linear.of(attention.at("to_v"), width, width, Init.xavier());
    out = Linear.of(attention.at("to_out").at(0), width, width, Init.xavier());
    norm3 = LayerNorm.of(p.at("norm3"), width, EPS);
    Parameters net = p.at("ff").at("net");
    up = Linear.of(net.at(0).at("proj"), width, 4 * width, Init.xavier());
    down = Linear.of(net.at(2), 4 * width, width, Init.xavier());
  }

  /**
   * @param mask added to the logits, broadcast to [B, Hd, N, N]
   * @return [B, N, D] f32
   */
  Tensor forward(Tensor x_BND, Optional<Tensor> mask) {
    Tensor normed = norm1.forward(x_BND);
    Tensor looked =
        Ops.attention(
            split(q.forward(normed)), split(k.forward(normed)), split(v.forward(normed)), mask);
    Tensor x = x_BND.add(f32(out.forward(looked.transpose(1, 2).flatten(2, 3))));
    return x.add(f32(down.forward(torch.gelu(f32(up.forward(norm3.forward(x)))))));
  }

  private static Tensor f32(Tensor x) {
    return x.to(ScalarType.Float);
  }

  /** [B, N, Hd * D] -> [B, Hd, N, D], f32. */
  private Tensor split(Tensor x) {
    return f32(x).reshape(x.size(0), x.size(1), heads, x.size(2) / heads).transpose(1, 2);
  }
}
