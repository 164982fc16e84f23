/**
 * Samplers, one algorithm in one file, and the loop that runs any of them over any {@link
 * io.zoetrope.diffusion.TimestepPlan}. Sees {@code diffusion} and {@code torch}; knows no network.
 *
 * <p>A {@link io.zoetrope.diffusion.sampler.Sampler} is immutable and shared; what one sampling run
 * remembers lives in its {@link io.zoetrope.diffusion.sampler.Sampler.Run}. Formulas use the
 * papers' letters: {@code t} is the level a frame comes from, {@code s} the one it goes to.
 *
 * <p>More than a dozen types: one for each algorithm, beside the contract, the loop and their
 * noise.
 */
@NullMarked
package io.zoetrope.diffusion.sampler;

import org.jspecify.annotations.NullMarked;
