/**
 * Autoencoders: between pixels and the latents that diffusion works on. Sees {@code nn} and {@code
 * torch}.
 *
 * <p>More than a dozen public types: each autoencoder comes with its config, and what they all are
 * stands beside them.
 */
@NullMarked
package io.zoetrope.network.vae;

import org.jspecify.annotations.NullMarked;
