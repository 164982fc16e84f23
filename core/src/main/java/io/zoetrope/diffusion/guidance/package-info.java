/**
 * Guidance: wrappers of an {@link io.zoetrope.diffusion.X0Denoiser} that are one themselves, so
 * that they compose by nesting. Their arithmetic is in f32 or better, whatever the network computes
 * in. Sees {@code diffusion} and {@code torch}.
 */
@NullMarked
package io.zoetrope.diffusion.guidance;

import org.jspecify.annotations.NullMarked;
