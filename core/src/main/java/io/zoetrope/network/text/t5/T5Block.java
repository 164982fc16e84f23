package io.zoetrope.network.text.t5;

import io.zoetrope.nn.Init;
import io.zoetrope.nn.Linear;
import io.zoetrope.nn.Parameters;
import io.zoetrope.nn.RelativeBias;
import io.zoetrope.torch.Ops;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Attention with biases of distance, then a feed-forward layer, each after a norm and added on. No
 * layer has a bias of its own, and the logits of attention are not scaled.
 */
final class T5Block {
  private final T5Config config;
  private final Linear q;
  private final Linear k;
  private final Linear v;
  private final Linear out;
  private final Optional<RelativeBias> bias;
  private final Tensor norm1;
  private final Linear up;
  private final Optional<Linear> gated;
  private final Linear down;
  private final Tensor norm2;

  /**
   * @param biased whether it has a table of distances
   */
  T5Block(T5Config config, boolean biased, Parameters p) {
    this.config = config;
    long width = config.width();
    long inner = (long) config.heads() * config.headWidth();
    Parameters look = p.at("layer").at(0);
    Parameters attention = look.at("SelfAttention");
    q = Linear.withoutBias(attention.at("q"), width, inner, Init.xavier());
    k = Linear.withoutBias(attention.at("k"), width, inner, Init.xavier());
    v = Linear.withoutBias(attention.at("v"), width, inner, Init.xavier());
    out = Linear.withoutBias(attention.at("o"), inner, width, Init.xavier());
    bias =
        biased
            ? Optional.of(
                RelativeBias.of(
                    attention.at("relative_attention_bias"),
                    config.buckets(),
                    config.furthest(),
                    config.heads()))
            : Optional.empty();
    norm1 = look.at("layer_norm").plain("weight", Init.ONES, width);
    Parameters think = p.at("layer").at(1);
    Parameters dense = think.at("DenseReluDense");
    boolean gate = config.activation().gated();
    up = Linear.withoutBias(dense.at(gate ? "wi_0" : "wi"), width, config.hidden(), Init.xavier());
    gated =
        gate
            ? Optional.of(
                Linear.withoutBias(dense.at("wi_1"), width, config.hidden(), Init.xavier()))
            : Optional.empty();
    down = Linear.withoutBias(dense.at("wo"), config.hidden(), width, Init.xavier());
    norm2 = think.at("layer_norm").plain("weight", Init.ONES, width);
  }

  /** What its table says of N tokens in a row, [1, Hd, N, N]; empty if it has none. */
  Optional<Tensor> bias(int n) {
    float[] places = new float[n];
    for (int i = 0; i < n; i++) {
      places[i] = i;
    }
    return bias.map(table -> table.between(places).unsqueeze(0));
  }

  /**
   * @param x_BND f32
   * @param bias added to the logits, broadcast to [B, Hd, N, N]
   * @return [B, N, D] f32: the stream leaves the range of half precision in large models
   */
  Tensor forward(Tensor x_BND, Tensor bias) {
    Tensor normed = norm(x_BND, norm1);
    Tensor scaled = Ops.mul(split(q.forward(normed)), Math.sqrt(config.headWidth()));
    Tensor looked =
        Ops.attention(
            scaled, split(k.forward(normed)), split(v.forward(normed)), Optional.of(bias));
    Tensor x = x_BND.add(f32(out.forward(looked.transpose(1, 2).flatten(2, 3))));
    Tensor second = norm(x, norm2);
    Tensor inside = config.activation().apply(f32(up.forward(second)));
    Tensor gatedInside = gated.map(by -> inside.mul(f32(by.forward(second)))).orElse(inside);
    return x.add(f32(down.forward(gatedInside)));
  }

  private Tensor norm(Tensor x, Tensor weight) {
    return Ops.rmsNorm(x, Optional.of(weight), config.normEps());
  }

  private static Tensor f32(Tensor x) {
    return x.to(ScalarType.Float);
  }

  /** [B, N, Hd * D] -> [B, Hd, N, D], f32. */
  private Tensor split(Tensor x) {
    return f32(x).reshape(x.size(0), x.size(1), config.heads(), config.headWidth()).transpose(1, 2);
  }
}
