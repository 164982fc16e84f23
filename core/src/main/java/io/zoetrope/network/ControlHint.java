package io.zoetrope.network;

/**
 * What a control is shown of each frame.
 *
 * @param channels without that of the mask
 * @param factor pixels a side for each of the latents; 1 for latents
 * @param masked whether it is also told which frames it is shown anything of
 */
public record ControlHint(Kind kind, int channels, int factor, boolean masked) {
  /** What the channels are. */
  public enum Kind {
    /** Pictures with values 0..1. */
    PICTURES,
    /** Latents of the model's autoencoder. */
    LATENTS
  }
}
