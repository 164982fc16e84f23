/**
 * Diffusion transformers. Sees {@code nn}, {@code torch}, and of {@code diffusion} the contract
 * that it implements.
 *
 * <p>Shapes: {@code x_BFND} tokens, N of them a frame, D features each; {@code c_BFD} the condition
 * of each frame.
 */
@NullMarked
package io.zoetrope.network.dit;

import org.jspecify.annotations.NullMarked;
