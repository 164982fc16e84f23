/**
 * Guidance: wrappers of an {@link io.zoetrope.diffusion.X0Denoiser} that are one themselves, so
 * that they compose by nesting. Their arithmetic is in f32 or better, whatever the network computes
 * in. Sees {@code diffusion}, {@code torch}, and the noise of {@code diffusion.sampler}.
 *
 * <p>What is known of a video is a {@link io.zoetrope.diffusion.guidance.Known}: a value and the
 * {@link io.zoetrope.diffusion.guidance.Measurement} that it is of. {@link
 * io.zoetrope.diffusion.guidance.Replacement} and {@link
 * io.zoetrope.diffusion.guidance.ReconstructionGuidance} sample the rest (docs/guidance.md).
 *
 * <p>More than a dozen types: one for each wrapper, beside what they are told.
 */
@NullMarked
package io.zoetrope.diffusion.guidance;

import org.jspecify.annotations.NullMarked;
