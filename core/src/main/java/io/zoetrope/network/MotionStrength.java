package io.zoetrope.network;

import io.zoetrope.diffusion.condition.Along;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.diffusion.condition.Nothing;
import io.zoetrope.diffusion.condition.Slot;
import io.zoetrope.torch.Tensors;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * How much motion modules count, frame by frame (users know both from AnimateDiff's programs).
 *
 * @param scale_BF11 of what their attention over frames adds; 1 is as trained
 * @param effect_BF11 of all that they add; 0 is the image network
 */
public record MotionStrength(Optional<Tensor> scale_BF11, Optional<Tensor> effect_BF11) {
  /** Scale of what attention over frames adds, [B, F]. */
  public static final Slot<Tensor> SCALE =
      Slot.tensor("motion_scale", Along.FRAME, "BF", Nothing.SAME);

  /** Scale of all that a motion module adds, [B, F]. */
  public static final Slot<Tensor> EFFECT =
      Slot.tensor("motion_effect", Along.FRAME, "BF", Nothing.SAME);

  /** Both. */
  public static final Set<Slot<?>> SLOTS = Set.of(SCALE, EFFECT);

  /** What is told of it. */
  public static MotionStrength of(Conditioning conditioning, Tensor beside) {
    return new MotionStrength(
        conditioning.get(SCALE).map(s -> column(s, beside)),
        conditioning.get(EFFECT).map(s -> column(s, beside)));
  }

  private static Tensor column(Tensor scale_BF, Tensor beside) {
    return Tensors.beside(beside, scale_BF).to(ScalarType.Float).unsqueeze(-1).unsqueeze(-1);
  }

  /** A clip's frames of it, where it is seen window by window. */
  public MotionStrength frames(int first, int count) {
    return new MotionStrength(scale_BF11.map(s -> s.narrow(1, first, count)), effect_BF11);
  }

  /** What attention adds, [B, F, N, C], scaled. */
  public Tensor attended(Tensor added_BFNC) {
    return scale_BF11.map(added_BFNC::mul).orElse(added_BFNC);
  }

  /** What a module adds, [B, F, N, C], scaled. */
  public Tensor all(Tensor added_BFNC) {
    return effect_BF11.map(added_BFNC::mul).orElse(added_BFNC);
  }

  /**
   * An entry for as many frames as there may be: numbers one after another, the last of which
   * holds.
   */
  public static Tensor entry(List<Double> values, int frames) {
    float[] all = new float[frames];
    for (int i = 0; i < frames; i++) {
      all[i] = values.get(Math.min(i, values.size() - 1)).floatValue();
    }
    return Tensors.of(all, 1, frames);
  }
}
