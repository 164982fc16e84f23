/**
 * The text encoder of T5 v1.1 and UMT5 (Raffel et al., 2020; Chung et al., 2023): SentencePiece
 * tokenizer, transformer with biases of distance. Sees {@code nn}, {@code record}, {@code torch}
 * and {@code diffusion}.
 */
@NullMarked
package io.zoetrope.network.text.t5;

import org.jspecify.annotations.NullMarked;
