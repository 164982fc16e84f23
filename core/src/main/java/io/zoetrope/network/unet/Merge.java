package io.zoetrope.network.unet;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How the output h of a temporal layer joins its input x. Either way it starts as x alone. */
public enum Merge {
  /** {@code x + h}; the layer's last projection starts at zero. */
  @JsonProperty("add")
  ADD,
  /**
   * {@code alpha x + (1 - alpha) (x + h)}, alpha learned and 1 at first (Blattmann et al., "Align
   * your Latents", 2023, section 3.1).
   */
  @JsonProperty("alpha")
  ALPHA,
  /**
   * The same where alpha is the sigmoid of a learned factor, 0.5 at first, and 1 for frames that
   * are alone; the layer's last projection starts at zero (Blattmann et al., "Stable Video
   * Diffusion", 2023, appendix D; {@code mix_factor}).
   */
  @JsonProperty("mix")
  MIX
}
