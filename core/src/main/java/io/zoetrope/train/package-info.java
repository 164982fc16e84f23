/**
 * Training: the loop, its optimiser, schedule, averages, run folder and recipes. The loop takes
 * named parameters and an {@link io.zoetrope.train.Objective} and knows nothing of networks. May
 * see every room but {@code pipeline}.
 *
 * <p>All randomness is a pure function of (seed, step, micro-batch), so a run that is killed and
 * resumed ends equal to the bit to one that was not (same machine, same number of threads).
 */
@NullMarked
package io.zoetrope.train;

import org.jspecify.annotations.NullMarked;
