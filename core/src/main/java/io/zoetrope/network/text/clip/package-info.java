/**
 * The text encoder of CLIP (Radford et al., 2021) as Stable Diffusion uses it: byte-pair tokenizer,
 * causal transformer, weighted and long prompts. Sees {@code nn}, {@code record}, {@code torch} and
 * {@code diffusion}.
 */
@NullMarked
package io.zoetrope.network.text.clip;

import org.jspecify.annotations.NullMarked;
