/**
 * From a prompt to what a denoiser reads: tokenizer and text transformers. Sees {@code nn}, {@code
 * record}, {@code torch}, and of {@code diffusion} the conditioning that comes out.
 */
@NullMarked
package io.zoetrope.network.text;

import org.jspecify.annotations.NullMarked;
