/**
 * Autoencoders: between pixels and the latents that diffusion works on. Sees {@code nn} and {@code
 * torch}.
 */
@NullMarked
package io.zoetrope.network.vae;

import org.jspecify.annotations.NullMarked;
