package io.zoetrope.network;

import io.zoetrope.diffusion.condition.Along;
import io.zoetrope.diffusion.condition.Nothing;
import io.zoetrope.diffusion.condition.Slot;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;

/** What networks read that are shown pictures beside a text. */
public final class PictureSlots {
  /** Tokens of pictures, [B, G, N, D]: G a clip, with {@link #FRAMES} where G is not 1. */
  public static final Slot<Tensor> TOKENS =
      Slot.tensor("pictures", Along.TEXT, "BGND", Nothing.SAID);

  /** Which of its clip's G pictures each frame sees, [B, F], int64, 0..G-1. */
  public static final Slot<Tensor> FRAMES =
      Slot.tensor("frame_pictures", Along.FRAME, "BF", Nothing.SAME);

  /**
   * The embedding of a picture as a network is told it beside its level, [B, E]: unCLIP's decoder.
   * Guidance leads away from zeros.
   */
  public static final Slot<Tensor> EMBEDDING =
      Slot.tensor("picture_embedding", Along.CLIP, "BE", Nothing.ZERO);

  /** Those of pictures that are looked at. */
  public static final Set<Slot<?>> ALL = Set.of(TOKENS, FRAMES);

  private PictureSlots() {}
}
