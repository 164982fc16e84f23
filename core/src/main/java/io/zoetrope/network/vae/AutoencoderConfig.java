package io.zoetrope.network.vae;

import io.zoetrope.nn.Parameters;

/** The shape of an {@link Autoencoder}: a record that is written beside its weights. */
public interface AutoencoderConfig {
  /** Builds it. */
  Autoencoder build(Parameters p);

  /** Pixels on a side for each latent. */
  int factor();

  /** Channels of a latent. */
  int latentChannels();
}
