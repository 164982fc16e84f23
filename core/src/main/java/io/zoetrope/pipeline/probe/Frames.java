package io.zoetrope.pipeline.probe;

import static io.zoetrope.pipeline.probe.Inputs.ANY;

import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.torch.Tensors;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** What denoisers are given besides the video, in the shapes that the reference takes and ours. */
final class Frames {
  private Frames() {}

  /** {@code timestep} of shape [], [1], [B], [B, 1] or [B, F] as [B, F]. */
  static Tensor timesteps(Inputs inputs, Tensor z_BCFHW) {
    long b = z_BCFHW.size(0);
    long f = z_BCFHW.size(2);
    Tensor t = inputs.floats("timestep");
    if (t.numel() == 1) {
      return t.reshape(1, 1).expand(b, f);
    }
    if (t.dim() == 1 && t.size(0) == b) {
      return t.unsqueeze(1).expand(b, f);
    }
    if (t.dim() == 2 && t.size(0) == b && (t.size(1) == f || t.size(1) == 1)) {
      return t.expand(b, f);
    }
    throw inputs.wrong("timestep", "[], [%s] or [%s, %s]".formatted(b, b, f));
  }

  /**
   * {@code encoder_hidden_states} [B, N, D] for whole clips, or [B * F, N, D], and their mask
   * {@code encoder_attention_mask}.
   */
  static Conditioning text(Inputs inputs, Tensor z_BCFHW, int width) {
    long b = z_BCFHW.size(0);
    long f = z_BCFHW.size(2);
    Tensor text = inputs.floats("encoder_hidden_states", ANY, ANY, width);
    long rows = text.size(0);
    Optional<Tensor> mask =
        inputs.maybe("encoder_attention_mask", rows, text.size(1)).map(m -> m.to(ScalarType.Bool));
    if (rows == b) {
      return mask.map(m -> Conditioning.text(text, m)).orElse(Conditioning.text(text));
    }
    if (rows != b * f) {
      throw inputs.wrong(
          "encoder_hidden_states", "[%s, *, %s] or [%s, *, %s]".formatted(b, width, b * f, width));
    }
    long[] which = new long[(int) (b * f)];
    for (int i = 0; i < which.length; i++) {
      which[i] = i % f;
    }
    Conditioning each =
        Conditioning.none()
            .with(Conditioning.TEXT, text.reshape(b, f, text.size(1), width))
            .with(Conditioning.FRAME_TEXTS, Tensors.of(which, b, f));
    return mask.map(m -> each.with(Conditioning.TEXT_MASK, m.reshape(b, f, -1))).orElse(each);
  }
}
