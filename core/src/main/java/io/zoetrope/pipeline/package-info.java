/**
 * What runs: the {@link io.zoetrope.pipeline.Engine} runs any plan on a model. {@code task} says
 * what the tasks are, {@code model} what a loaded model is, {@code family} how one is read from its
 * files, {@code schedule} how its noise is walked down, {@code probe} how a part of it is asked
 * alone, {@code cascade} how several models follow one another, {@code order} what somebody wants,
 * as a value, and the one door that makes it. Assembles the parts of every room but {@code train}
 * and {@code data}.
 *
 * <p>More than a dozen types: beside the engine and its jobs one for each thing that a network is
 * shown with a video.
 */
@NullMarked
package io.zoetrope.pipeline;

import org.jspecify.annotations.NullMarked;
