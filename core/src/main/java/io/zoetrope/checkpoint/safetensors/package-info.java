/**
 * The safetensors format: read without a copy, written whole or not at all, and strict about what a
 * header may say. Sees {@code torch}, {@code record} and {@code nn}.
 */
@NullMarked
package io.zoetrope.checkpoint.safetensors;

import org.jspecify.annotations.NullMarked;
