package io.zoetrope.network.unet;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;

/**
 * What the layers of a {@link UNet} are like, at every resolution.
 *
 * @param groups of group normalisation
 * @param eps of group normalisation in residual blocks
 * @param modulation how a frame's level enters a residual block
 * @param linearProjection whether attention's projections in and out are linear layers or 1x1
 *     convolutions: of different shape in checkpoints, else the same
 * @param headNorm whether queries and keys are normalised; keeps small networks in bounds
 * @param pooled whether a vector for the whole text is added to the embedding of the level
 */
public record LayerStyle(
    @JsonProperty("norm_num_groups") int groups,
    @JsonProperty("norm_eps") double eps,
    @JsonProperty("resnet_time_scale_shift") Modulation modulation,
    @JsonProperty("use_linear_projection") boolean linearProjection,
    @JsonProperty("qk_norm") boolean headNorm,
    @JsonProperty("pooled_text") boolean pooled) {

  /** How a frame's level enters a residual block. */
  public enum Modulation {
    /** Added to the features between the convolutions. */
    @JsonProperty("default")
    SHIFT,
    /** Scales and shifts them after their normalisation (Perez et al., "FiLM", 2018). */
    @JsonProperty("scale_shift")
    SCALE_SHIFT
  }

  /** Stable Diffusion 1.x. */
  public static final LayerStyle STABLE_DIFFUSION =
      new LayerStyle(32, 1e-5, Modulation.SHIFT, false, false, false);

  /** Stable Video Diffusion, which was made of Stable Diffusion 2.1. */
  public static final LayerStyle STABLE_VIDEO =
      new LayerStyle(32, 1e-5, Modulation.SHIFT, true, false, false);

  /** Networks trained here, from nothing and at high learning rates. */
  public static final LayerStyle SMALL =
      new LayerStyle(8, 1e-5, Modulation.SCALE_SHIFT, true, true, true);

  /** The same with another number of groups of group normalisation. */
  LayerStyle grouped(int other) {
    return new LayerStyle(other, eps, modulation, linearProjection, headNorm, pooled);
  }

  public LayerStyle {
    if (groups < 1 || !(eps > 0)) {
      throw new UserError(Fault.INVALID, "norm_num_groups must be at least 1 and norm_eps above 0");
    }
  }
}
