/**
 * Weights on disk, whatever they lie in: components with their configs, shards and variants, the
 * weights under the names that a network asks for, and what became of every key. {@code
 * safetensors} and {@code gguf} are file formats, {@code lora} the dialects of LoRAs, {@code keys}
 * the names that other programs gave to weights, {@code hub} the cache and downloads of a model
 * hub. Sees {@code nn}, {@code record} and {@code torch}.
 */
@NullMarked
package io.zoetrope.checkpoint;

import org.jspecify.annotations.NullMarked;
