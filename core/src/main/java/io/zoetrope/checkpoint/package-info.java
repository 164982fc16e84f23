/**
 * Weights on disk: safetensors, read without a copy and written whole or not at all; shards,
 * variants and LoRAs in their dialects. Sees {@code nn} and {@code torch}.
 */
@NullMarked
package io.zoetrope.checkpoint;

import org.jspecify.annotations.NullMarked;
