/**
 * What a user calls: load a model, make a video. The {@link io.zoetrope.pipeline.Engine} runs any
 * plan on a model; {@code task} says what the tasks are. Assembles the parts of every room but
 * {@code train} and {@code data}.
 */
@NullMarked
package io.zoetrope.pipeline;

import org.jspecify.annotations.NullMarked;
