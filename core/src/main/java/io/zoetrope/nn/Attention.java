package io.zoetrope.nn;

import io.zoetrope.torch.AttentionKernel;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Multi-head softmax attention. Queries and keys are normalised (Henry et al., 2020; keeps the
 * logits of small models in bounds) unless it is {@linkplain #plain plain}. The products with
 * weights follow the precision policy; attention itself is f32.
 */
public final class Attention {
  private final Linear toQ;
  private final Linear toK;
  private final Linear toV;
  private final Linear toOut;
  private final Optional<QueryNorm> normQ;
  private final Optional<QueryNorm> normK;
  private final long heads;
  private final AttentionKernel kernel;
  private final Precision precision;

  private Attention(Parameters p, long width, long contextWidth, long heads, Style style) {
    if (width % heads != 0) {
      throw new IllegalArgumentException(width + " features do not split into " + heads + " heads");
    }
    this.heads = heads;
    kernel = p.attention();
    precision = p.precision();
    toQ = style.project(p.at("to_q"), width, width);
    toK = style.project(p.at("to_k"), contextWidth, width);
    toV = style.project(p.at("to_v"), contextWidth, width);
    toOut = Linear.of(p.at("to_out").at(0), width, width, style.out);
    normQ = style.norm.of(p.at("norm_q"), width, heads);
    normK = style.norm.of(p.at("norm_k"), width, heads);
  }

  /**
   * What kinds of attention differ in beside their sizes.
   *
   * @param norm of queries and keys
   * @param biases whether their projections and that of values have biases
   * @param out how the output projection starts; zeros make the layer silent at first
   */
  public record Style(QueryNorm.Kind norm, boolean biases, Init out) {
    Linear project(Parameters p, long in, long width) {
      return biases
          ? Linear.of(p, in, width, Init.xavier())
          : Linear.withoutBias(p, in, width, Init.xavier());
    }
  }

  /**
   * Attention of tokens to each other.
   *
   * @param out how the output projection starts; zeros make the layer silent at first
   */
  public static Attention self(Parameters p, long width, long heads, Init out) {
    return new Attention(p, width, width, heads, new Style(QueryNorm.Kind.HEADS, false, out));
  }

  /** Attention of tokens to a context. */
  public static Attention cross(Parameters p, long width, long contextWidth, long heads, Init out) {
    return new Attention(
        p, width, contextWidth, heads, new Style(QueryNorm.Kind.HEADS, false, out));
  }

  /** Attention without normalised queries and keys, to tokens or a context of any width. */
  public static Attention plain(Parameters p, long width, long contextWidth, long heads, Init out) {
    return new Attention(p, width, contextWidth, heads, new Style(QueryNorm.Kind.NONE, false, out));
  }

  /** Attention of a style, to tokens or a context of any width. */
  public static Attention of(Parameters p, long width, long contextWidth, long heads, Style style) {
    return new Attention(p, width, contextWidth, heads, style);
  }

  /**
   * @param x_BND tokens
   * @param rotary positions of the tokens
   * @param mask as in {@link AttentionKernel#attend}
   * @return [B, N, D] in the format of the precision policy
   */
  public Tensor self(Tensor x_BND, Optional<Rotary> rotary, Optional<Tensor> mask) {
    Tensor x = precision.cast(x_BND); // once for all three
    Tensor q = queries(x);
    Tensor k = keys(x);
    Tensor v = values(x);
    if (rotary.isPresent()) {
      q = rotary.get().apply(q);
      k = rotary.get().apply(k);
    }
    return toOut.forward(attend(q, k, v, mask));
  }

  /**
   * Tokens in the format in which they are projected: for callers that hand the same ones over more
   * than once.
   */
  public Tensor input(Tensor x) {
    return precision.cast(x);
  }

  /** The context's keys and values, to be used by many calls of {@link #cross(Tensor, Context)}. */
  public Context context(Tensor context_BMD, Optional<Tensor> mask) {
    Tensor context = precision.cast(context_BMD);
    return new Context(keys(context), values(context), mask);
  }

  /**
   * Keys and values of other projections than its own, for {@link #cross(Tensor, Context, Context,
   * double)}.
   */
  public Context context(Linear keys, Linear values, Tensor context_BMD) {
    Tensor context = precision.cast(context_BMD);
    return new Context(
        split(keys.forward(context)).to(ScalarType.Float),
        split(values.forward(context)).to(ScalarType.Float),
        Optional.empty());
  }

  /** As above, with the keys normalised by a norm of their own. */
  public Context context(Linear keys, QueryNorm norm, Linear values, Tensor context_BMD) {
    Tensor context = precision.cast(context_BMD);
    return new Context(
        norm.forward(keys.forward(context), heads),
        split(values.forward(context)).to(ScalarType.Float),
        Optional.empty());
  }

  /**
   * Attention within spans of a clip's tokens: each looks at what its span shows it.
   *
   * @param x_BND tokens
   * @param spans for each clip; every token asks in exactly one
   * @return as {@link #self}
   */
  public Tensor within(Tensor x_BND, Rotary rotary, List<List<Span>> spans) {
    Tensor x = precision.cast(x_BND);
    Tensor q = rotary.apply(queries(x));
    Tensor k = rotary.apply(keys(x));
    Tensor v = values(x);
    List<Tensor> clips = new ArrayList<>();
    for (int b = 0; b < spans.size(); b++) {
      Tensor y = Tensors.beside(q, Tensors.zeros(1, q.size(1), q.size(2) * q.size(3)));
      for (Span span : spans.get(b)) {
        Tensor asking = Tensors.beside(q, Tensors.of(span.asking(), span.asking().length));
        Tensor seen = Tensors.beside(q, Tensors.of(span.seen(), span.seen().length));
        Tensor part =
            attend(
                q.narrow(0, b, 1).index_select(1, asking),
                k.narrow(0, b, 1).index_select(1, seen),
                v.narrow(0, b, 1).index_select(1, seen),
                Optional.empty());
        y = y.index_copy(1, asking, part);
      }
      clips.add(y);
    }
    return toOut.forward(Tensors.cat(clips, 0));
  }

  /**
   * Who looks at whom.
   *
   * @param asking numbers of the tokens that look
   * @param seen of those that they look at
   */
  @SuppressWarnings("ArrayRecordComponent") // never written to
  public record Span(long[] asking, long[] seen) {}

  /** x [B, N, D] looks at the context, and by the same queries at one beside it. */
  public Tensor cross(Tensor x_BND, Context context, Context beside, double scale) {
    Tensor q = queries(x_BND);
    Tensor seen = attend(q, context.k, context.v, context.mask);
    Tensor more = attend(q, beside.k, beside.v, beside.mask);
    return toOut.forward(seen.add(Ops.mul(more, scale)));
  }

  /** x [B, N, D] looks at the context. */
  public Tensor cross(Tensor x_BND, Context context) {
    Tensor q = queries(x_BND);
    return toOut.forward(attend(q, context.k, context.v, context.mask));
  }

  /** Keys and values [B, M, Hd, D]. */
  public record Context(Tensor k, Tensor v, Optional<Tensor> mask) {
    /**
     * Some of the B contexts, in another order and number.
     *
     * @param rows which, int64
     */
    public Context rows(Tensor rows) {
      Tensor index = Tensors.beside(k, rows);
      return new Context(
          k.index_select(0, index),
          v.index_select(0, index),
          mask.map(m -> m.index_select(0, index)));
    }

    /** Several contexts of as many rows, none masked, as one: the tokens of each in turn. */
    public static Context beside(List<Context> parts) {
      return new Context(
          Tensors.cat(parts.stream().map(Context::k).toList(), 1),
          Tensors.cat(parts.stream().map(Context::v).toList(), 1),
          Optional.empty());
    }
  }

  /**
   * Attention over frames: each place looks at itself in all frames of its clip. Frames need not be
   * moved for it, only queries, keys and values are.
   *
   * @param x_BFND tokens, N of them a frame
   * @param bias added to the logits, broadcast to [B, N, Hd, F, F]
   * @return [B, F, N, D] in the format of the precision policy
   */
  public Tensor overFrames(Tensor x_BFND, Optional<Tensor> bias) {
    Tensor x = precision.cast(x_BFND);
    Tensor q = queries(x);
    Tensor k = keys(x);
    Tensor v = values(x);
    List<Tensor> clips = new ArrayList<>();
    // Clip by clip, for the fused kernel takes four axes; with five it is three times slower.
    for (int b = 0; b < x_BFND.size(0); b++) {
      int clip = b;
      Tensor y_NHdFD =
          kernel.attend(places(q, b), places(k, b), places(v, b), bias.map(m -> ofClip(m, clip)));
      clips.add(y_NHdFD.permute(2, 0, 1, 3).flatten(2, 3));
    }
    Tensor y = clips.size() == 1 ? clips.getFirst().unsqueeze(0) : Tensors.stack(clips, 0);
    return toOut.forward(y);
  }

  /** [B, F, N, Hd, D] -> [N, Hd, F, D] of a clip: a view. */
  private static Tensor places(Tensor x, int clip) {
    return x.select(0, clip).permute(1, 2, 0, 3);
  }

  /** The part of a bias over [B, N, Hd, F, F] that a clip takes. */
  private static Tensor ofClip(Tensor bias, int clip) {
    return bias.dim() < 5 ? bias : bias.select(0, bias.size(0) == 1 ? 0 : clip);
  }

  private Tensor queries(Tensor x) {
    return Scopes.part(() -> normed(normQ, toQ.forward(x)));
  }

  private Tensor keys(Tensor x) {
    return Scopes.part(() -> normed(normK, toK.forward(x)));
  }

  private Tensor normed(Optional<QueryNorm> norm, Tensor x) {
    return norm.isPresent() ? norm.get().forward(x, heads) : split(x).to(ScalarType.Float);
  }

  private Tensor values(Tensor x) {
    return Scopes.part(() -> split(toV.forward(x)).to(ScalarType.Float));
  }

  private Tensor split(Tensor x) {
    return QueryNorm.split(x, heads);
  }

  /** q, k, v [B, N, Hd, D] -> [B, N, Hd * D]. */
  private Tensor attend(Tensor q, Tensor k, Tensor v, Optional<Tensor> mask) {
    Tensor x =
        kernel
            .attend(q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2), mask)
            .transpose(1, 2);
    return x.reshape(x.size(0), x.size(1), x.size(2) * x.size(3));
  }
}
