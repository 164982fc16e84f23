package io.zoetrope.network.vae;

import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * Between videos and latents. Latents are normalised: about zero mean and unit variance a channel.
 * Clips may be of any length: what would take too much memory at once is done part by part.
 */
public interface Autoencoder {
  /** How many latents videos become. Their sizes must be multiples of its {@code space}. */
  LatentGrid grid();

  /**
   * x [B, 3, F, H, W] in [-1, 1] -> latents [B, C, L, H / space, W / space], f32: the mean, no
   * draw; L is what {@link LatentGrid#latents} says.
   */
  Tensor encode(Tensor x_BCFHW);

  /** Latents -> [B, 3, F, H, W], f32, about [-1, 1]; not clamped. */
  Tensor decode(Tensor z_BCLHW);

  /** How its own latents are normalised, where one number says that. */
  default Optional<Scaling> scaling() {
    return Optional.empty();
  }

  /**
   * Latents are {@code (raw - shift) * factor}.
   *
   * @param factor above 0
   */
  record Scaling(double factor, double shift) {}
}
