/**
 * The GGUF format: a strict reader, and the blocks that its numbers are packed in. Sees {@code
 * torch} and {@code error}.
 */
@NullMarked
package io.zoetrope.checkpoint.gguf;

import org.jspecify.annotations.NullMarked;
