package io.zoetrope.network.unet;

import io.zoetrope.network.FrameGroups;
import io.zoetrope.network.FrameText;
import io.zoetrope.network.FrameWindows;
import io.zoetrope.network.MotionStrength;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * What all layers of one forward pass share.
 *
 * @param frames F, of a clip
 * @param times the moment of each frame
 * @param groups which frames mix; empty for all
 * @param groups_B11FF the same as attention's bias
 * @param windows in which motion modules attend over frames; empty for all at once
 * @param strength of motion modules
 * @param attention whom image layers look at, in place of their own pattern
 * @param text which text each frame reads; empty for a network that reads none
 * @param pictures that are seen beside the texts
 * @param c_ME embedding of each frame's level, activated
 * @param tokens_MND tokens of the texts; none of one that reads none
 * @param shown_MCHW what layers over time see beside their input; empty for nothing
 */
public record Pass(
    long frames,
    float[] times,
    Optional<FrameGroups> groups,
    Optional<Tensor> groups_B11FF,
    Optional<FrameWindows> windows,
    MotionStrength strength,
    Optional<SpatialAttention> attention,
    Optional<FrameText> text,
    Optional<PictureAdapter.Seen> pictures,
    Tensor c_ME,
    Tensor tokens_MND,
    Optional<Tensor> shown_MCHW) {
  /** The same with something that layers over time see. */
  Pass showing(Optional<Tensor> shown) {
    return new Pass(
        frames,
        times,
        groups,
        groups_B11FF,
        windows,
        strength,
        attention,
        text,
        pictures,
        c_ME,
        tokens_MND,
        shown);
  }

  /**
   * The same with the tensors that gradients flow through, as they come out of a segment's inputs.
   */
  Pass with(Tensor c, Tensor tokens) {
    return new Pass(
        frames,
        times,
        groups,
        groups_B11FF,
        windows,
        strength,
        attention,
        text,
        pictures,
        c,
        tokens,
        shown_MCHW);
  }

  /** x [B * F, C, H, W] -> [B, F, H * W, C]; a view where channels lie next to each other. */
  public Tensor tokens(Tensor x_MCHW) {
    long n = x_MCHW.size(2) * x_MCHW.size(3);
    return x_MCHW.permute(0, 2, 3, 1).reshape(-1, frames, n, x_MCHW.size(1));
  }

  /** The way back: a view. */
  public static Tensor image(Tensor x_BFNC, Tensor like_MCHW) {
    return x_BFNC
        .reshape(like_MCHW.size(0), like_MCHW.size(2), like_MCHW.size(3), x_BFNC.size(3))
        .permute(0, 3, 1, 2);
  }

  /** Which neighbours a convolution over time takes in. */
  public Optional<Tensor> reach(int kernel) {
    return groups.map(g -> g.reach_BFK(kernel));
  }
}
