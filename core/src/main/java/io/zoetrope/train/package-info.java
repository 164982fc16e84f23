/**
 * Training: the loop, its optimiser, schedule, averages, run folder and recipes, alone or with
 * others ({@link io.zoetrope.train.World}). The loop takes named parameters and an {@link
 * io.zoetrope.train.Objective} and knows nothing of networks. {@code objective} says what is
 * minimised, {@code distill} what of a teacher, {@code recipe} what a run is told, {@code method}
 * what is trained and what comes of it, {@code part} which parts of a loaded model learn, {@code
 * footage} and {@code latents} which clips are seen, {@code run} drives; no other room of {@code
 * train} is seen from here. {@code method} and {@code part} alone see {@code pipeline}
 * (docs/decisions/0001-train-sees-pipeline.md).
 *
 * <p>All randomness is a pure function of (seed, step, micro-batch), so a run that is killed and
 * resumed ends equal to the bit to one that was not (same machine, same number of threads).
 *
 * <p>More than a dozen types: the loop, and one for each optimiser, rate and record of a run.
 */
@NullMarked
package io.zoetrope.train;

import org.jspecify.annotations.NullMarked;
