/**
 * One component of a model on tensors that somebody brings, under the names that the public
 * reference gives to arguments and results: so that anybody can check from outside what it
 * computes. Sees what {@code pipeline} sees.
 *
 * <p>Shapes: a picture's latents are {@code [B, C, h, w]}, a clip's {@code [B, C, F, h, w]}.
 */
@NullMarked
package io.zoetrope.pipeline.probe;

import org.jspecify.annotations.NullMarked;
