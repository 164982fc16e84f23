package io.zoetrope.network;

import io.zoetrope.diffusion.Conditioning;
import io.zoetrope.nn.Attention;
import io.zoetrope.torch.Tensors;
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
    Optional<Tensor> mask = conditioning.textMask();
    if (text.dim() == 3) {
      return new FrameText(mask, Optional.empty());
    }
    long texts = text.size(1);
    Tensor which =
        conditioning
            .get(Conditioning.FRAME_TEXTS)
            .orElseThrow(() ->
                new IllegalArgumentException(
                    "clips of several texts need '" + Conditioning.FRAME_TEXTS + "'"));
    long[] rows = Tensors.toLongs(which);
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
        mask.map(m -> m.flatten(0, 1)),
        Optional.of(Tensors.of(rows, rows.length).to(text.device(), ScalarType.Long)));
  }

  /** The tokens of all texts, [M, N, D]. */
  public static Tensor tokens_MND(Conditioning conditioning) {
    Tensor text = text(conditioning);
    return text.dim() == 3 ? text : text.flatten(0, 1);
  }

  private static Tensor text(Conditioning conditioning) {
    Tensor text =
        conditioning
            .text()
            .orElseThrow(() -> new IllegalArgumentException("this network needs text"));
    if (text.dim() != 3 && text.dim() != 4) {
      throw new IllegalArgumentException("text is [B, N, D] or [B, G, N, D]");
    }
    return text;
  }

  /**
   * One vector for each frame's text, as {@code forward} makes them of texts: [B, F, D], or [B, 1,
   * D] where the frames of a clip read one.
   *
   * @param pooled [B, D] or [B, G, D]
   */
  public Tensor pooled(Tensor pooled, UnaryOperator<Tensor> forward) {
    Tensor vectors = forward.apply(pooled);
    return rows.isEmpty()
        ? vectors.unsqueeze(1)
        : vectors
            .flatten(0, 1)
            .index_select(0, rows.get())
            .reshape(vectors.size(0), -1, vectors.size(2));
  }

  /** x [B, F, N, D] looks at the text. */
  public Tensor attend(Attention attention, Tensor x_BFND, Tensor tokens_MND) {
    long b = x_BFND.size(0);
    long f = x_BFND.size(1);
    long n = x_BFND.size(2);
    long d = x_BFND.size(3);
    Attention.Context context =
        attention.context(tokens_MND, mask_MN.map(m -> m.reshape(m.size(0), 1, 1, m.size(1))));
    Tensor x = rows.isEmpty() ? x_BFND.reshape(b, f * n, d) : x_BFND.reshape(b * f, n, d);
    if (rows.isPresent()) {
      context = context.rows(rows.get());
    }
    return attention.cross(x, context).reshape(b, f, n, -1);
  }
}
