/**
 * From a prompt to what a denoiser reads: tokenizer and text transformers. Sees {@code nn} and
 * {@code torch}.
 */
@NullMarked
package io.zoetrope.network.text;

import org.jspecify.annotations.NullMarked;
