package io.zoetrope.network;

import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.nn.Attention;
import io.zoetrope.torch.ComputeDevice;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Tensors;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * What each frame reads: the text of its clip, or one of several. Keys and values are computed once
 * a text, however many frames read it.
 *
 * @param mask_MN which tokens of M texts count
 * @param rows which of the M texts each of the B * F frames reads; empty where the frames of a clip
 *     read one, M being B
 */
public record FrameText(Optional<Tensor> mask_MN, Optional<Tensor> rows) {
  /**
   * @throws IllegalArgumentException if the texts do not fit the clips and frames
   */
  public static FrameText of(Conditioning conditioning, long batch, long frames) {
    Tensor text = text(conditioning);
    Optional<Tensor> mask =
        conditioning.get(Conditioning.TEXT_MASK).map(m -> readable(m.flatten(0, 1)));
    return of(mask, text, conditioning.get(Conditioning.FRAME_TEXTS), batch, frames);
  }

  /**
   * The same of other tokens that frames choose from, none of them hidden.
   *
   * @param all_BGND G choices a clip
   * @param which_BF which of them each frame has; empty where G is 1
   */
  public static FrameText of(Tensor all_BGND, Optional<Tensor> which_BF, long batch, long frames) {
    return of(Optional.empty(), all_BGND, which_BF, batch, frames);
  }

  private static FrameText of(
      Optional<Tensor> mask, Tensor text, Optional<Tensor> which, long batch, long frames) {
    long texts = text.size(1);
    if (which.isEmpty()) {
      if (texts != 1) {
        throw new IllegalArgumentException(
            "clips of several texts need " + Conditioning.FRAME_TEXTS);
      }
      return new FrameText(mask, Optional.empty());
    }
    long[] rows = Tensors.toLongs(which.get());
    if (rows.length != batch * frames) {
      throw new IllegalArgumentException(
          rows.length + " frame texts are not for " + batch + " clips of " + frames + " frames");
    }
    for (int i = 0; i < rows.length; i++) {
      if (rows[i] < 0 || rows[i] >= texts) {
        throw new IllegalArgumentException("a frame reads text " + rows[i] + " of " + texts);
      }
      rows[i] += i / frames * texts;
    }
    return new FrameText(
        mask, Optional.of(Tensors.of(rows, rows.length).to(text.device(), ScalarType.Long)));
  }

  /**
   * Where all tokens of a text are hidden, none is: the reference lowers the logits of hidden ones
   * by 10000, which is nothing where all are lowered (but for what f32 loses by it).
   */
  private static Tensor readable(Tensor mask_MN) {
    Tensor read = mask_MN.to(ScalarType.Bool);
    boolean each = ComputeDevice.CPU.place(read.sum(1).min()).item_long() > 0;
    return each ? mask_MN : Ops.mul(read.logical_not().to(ScalarType.Float), -10_000);
  }

  /** The tokens of all texts, [M, N, D]. */
  public static Tensor tokens_MND(Conditioning conditioning) {
    return text(conditioning).flatten(0, 1);
  }

  private static Tensor text(Conditioning conditioning) {
    return conditioning
        .get(Conditioning.TEXT)
        .orElseThrow(() -> new IllegalArgumentException("this network needs text"));
  }

  /**
   * One vector for each frame's text, as {@code forward} makes them of texts: [B, F, D], or [B, 1,
   * D] where the frames of a clip read one.
   */
  public Tensor pooled(Tensor pooled_BGD, UnaryOperator<Tensor> forward) {
    return rows.isEmpty()
        ? forward.apply(pooled_BGD.flatten(0, 1)).unsqueeze(1)
        : each(forward.apply(pooled_BGD), rows.get());
  }

  /** Of G vectors a clip the one of each frame: [B, F, D]. */
  private static Tensor each(Tensor vectors_BGD, Tensor rows) {
    return vectors_BGD
        .flatten(0, 1)
        .index_select(0, rows)
        .reshape(vectors_BGD.size(0), -1, vectors_BGD.size(2));
  }

  /**
   * What frames look at beside their text.
   *
   * @param context keys and values of M things to see
   * @param rows which of the M each of the B * F frames sees; empty where those of a clip see one
   * @param scale of what is seen
   */
  public record Beside(Attention.Context context, Optional<Tensor> rows, double scale) {}

  /** x [B, F, N, D] looks at the text. */
  public Tensor attend(Attention attention, Tensor x_BFND, Tensor tokens_MND) {
    return attend(attention, x_BFND, tokens_MND, Optional.empty());
  }

  /** x [B, F, N, D] looks at the text, and by the same queries at something beside it. */
  public Tensor attend(
      Attention attention, Tensor x_BFND, Tensor tokens_MND, Optional<Beside> beside) {
    long b = x_BFND.size(0);
    long f = x_BFND.size(1);
    long n = x_BFND.size(2);
    long d = x_BFND.size(3);
    Attention.Context context =
        attention.context(tokens_MND, mask_MN.map(m -> m.reshape(m.size(0), 1, 1, m.size(1))));
    boolean each = rows.isPresent() || beside.flatMap(Beside::rows).isPresent();
    Tensor x = each ? x_BFND.reshape(b * f, n, d) : x_BFND.reshape(b, f * n, d);
    if (each) {
      context = context.rows(rows.orElseGet(() -> clips(b, f)));
    }
    if (beside.isEmpty()) {
      return attention.cross(x, context).reshape(b, f, n, -1);
    }
    Attention.Context more = beside.get().context();
    if (each) {
      more = more.rows(beside.get().rows().orElseGet(() -> clips(b, f)));
    }
    return attention.cross(x, context, more, beside.get().scale()).reshape(b, f, n, -1);
  }

  /** For each of B * F frames its clip. */
  private static Tensor clips(long batch, long frames) {
    long[] clips = new long[Math.toIntExact(batch * frames)];
    Arrays.setAll(clips, i -> i / frames);
    return Tensors.of(clips, clips.length);
  }
}
