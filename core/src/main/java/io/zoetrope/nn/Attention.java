package io.zoetrope.nn;

import io.zoetrope.torch.Ops;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Multi-head softmax attention with normalised queries and keys (Henry et al., 2020; keeps the
 * logits of small models in bounds). The products with weights follow the precision policy;
 * attention itself is f32.
 */
public final class Attention {
  private final Linear toQ;
  private final Linear toK;
  private final Linear toV;
  private final Linear toOut;
  private final HeadNorm normQ;
  private final HeadNorm normK;
  private final long heads;

  private Attention(Parameters p, long width, long contextWidth, long heads, Init out) {
    if (width % heads != 0) {
      throw new IllegalArgumentException(width + " features do not split into " + heads + " heads");
    }
    this.heads = heads;
    toQ = Linear.withoutBias(p.at("to_q"), width, width, Init.xavier());
    toK = Linear.withoutBias(p.at("to_k"), contextWidth, width, Init.xavier());
    toV = Linear.withoutBias(p.at("to_v"), contextWidth, width, Init.xavier());
    toOut = Linear.of(p.at("to_out").at(0), width, width, out);
    normQ = HeadNorm.of(p.at("norm_q"), width / heads);
    normK = HeadNorm.of(p.at("norm_k"), width / heads);
  }

  /**
   * Attention of tokens to each other.
   *
   * @param out how the output projection starts; zeros make the layer silent at first
   */
  public static Attention self(Parameters p, long width, long heads, Init out) {
    return new Attention(p, width, width, heads, out);
  }

  /** Attention of tokens to a context. */
  public static Attention cross(Parameters p, long width, long contextWidth, long heads, Init out) {
    return new Attention(p, width, contextWidth, heads, out);
  }

  /**
   * @param x_BND tokens
   * @param rotary positions of the tokens
   * @param mask as in {@link Ops#attention}
   * @return [B, N, D] in the format of the precision policy
   */
  public Tensor self(Tensor x_BND, Optional<Rotary> rotary, Optional<Tensor> mask) {
    Tensor q = normQ.forward(split(toQ.forward(x_BND)));
    Tensor k = normK.forward(split(toK.forward(x_BND)));
    Tensor v = split(toV.forward(x_BND)).to(ScalarType.Float);
    if (rotary.isPresent()) {
      q = rotary.get().apply(q);
      k = rotary.get().apply(k);
    }
    return toOut.forward(attend(q, k, v, mask));
  }

  /** The context's keys and values, to be used by many calls of {@link #cross(Tensor, Context)}. */
  public Context context(Tensor context_BMD, Optional<Tensor> mask) {
    return new Context(
        normK.forward(split(toK.forward(context_BMD))),
        split(toV.forward(context_BMD)).to(ScalarType.Float),
        mask);
  }

  /** x [B, N, D] looks at the context. */
  public Tensor cross(Tensor x_BND, Context context) {
    Tensor q = normQ.forward(split(toQ.forward(x_BND)));
    return toOut.forward(attend(q, context.k, context.v, context.mask));
  }

  /** Keys and values [B, M, Hd, D]. */
  public record Context(Tensor k, Tensor v, Optional<Tensor> mask) {}

  /** [B, N, Hd * D] -> [B, N, Hd, D]: a view. */
  private Tensor split(Tensor x) {
    return x.reshape(x.size(0), x.size(1), heads, x.size(2) / heads);
  }

  /** q, k, v [B, N, Hd, D] -> [B, N, Hd * D]. */
  private static Tensor attend(Tensor q, Tensor k, Tensor v, Optional<Tensor> mask) {
    Tensor x =
        Ops.attention(q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2), mask)
            .transpose(1, 2);
    return x.reshape(x.size(0), x.size(1), x.size(2) * x.size(3));
  }
}
