/**
 * Weights on disk: safetensors, read without a copy and written whole or not at all. Sees {@code
 * torch} only.
 */
@NullMarked
package io.zoetrope.checkpoint;

import org.jspecify.annotations.NullMarked;
