/**
 * What other programs call the weights of a network, and what Zoetrope's networks call them. Sees
 * {@code checkpoint} and {@code checkpoint.safetensors}.
 */
@NullMarked
package io.zoetrope.checkpoint.keys;

import org.jspecify.annotations.NullMarked;
