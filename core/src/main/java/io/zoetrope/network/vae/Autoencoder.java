package io.zoetrope.network.vae;

import org.bytedeco.pytorch.Tensor;

/**
 * Between videos and latents. Latents are normalised: about zero mean and unit variance a channel.
 */
public interface Autoencoder {
  /** Pixels on a side for each latent: sizes must be multiples of it. */
  int factor();

  /** Channels of a latent. */
  int channels();

  /**
   * x [B, 3, F, H, W] in [-1, 1] -> latents [B, C, F, H / factor, W / factor], f32: the mean, no
   * draw.
   */
  Tensor encode(Tensor x_BCFHW);

  /** Latents -> [B, 3, F, H, W], f32, about [-1, 1]; not clamped. */
  Tensor decode(Tensor z_BCFHW);
}
