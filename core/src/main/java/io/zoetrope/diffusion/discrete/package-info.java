/**
 * The samplings of models that were trained in discrete steps, as the public reference (diffusers)
 * walks them: which timesteps the network is asked at for a number of steps, how much noise each of
 * them stands for, and where a step lands. Each {@link
 * io.zoetrope.diffusion.discrete.Discretisation} makes a {@link
 * io.zoetrope.diffusion.SampledSchedule}, whose levels plans are made of; samplers know none of
 * this. Sees {@code diffusion} and {@code torch}.
 *
 * <p>The reference keeps its tables in f32 and so do we: timesteps are the same numbers, noise
 * scales the same to the last digit or two of f32. What it does oddly is done likewise, and said.
 *
 * <p>More than a dozen types: one for each walk, beside what they have in common.
 */
@NullMarked
package io.zoetrope.diffusion.discrete;

import org.jspecify.annotations.NullMarked;
