/**
 * The tasks: each is a {@link io.zoetrope.diffusion.TimestepPlan}, or several one after another,
 * run by the {@link io.zoetrope.pipeline.Engine}. A task is a record of what the user gives besides
 * a {@link io.zoetrope.pipeline.model.VideoRequest}; one task, one file. Sees {@code pipeline} and
 * what that sees, and not {@code pipeline.probe}.
 *
 * <p>Content that is given comes as latents [B or 1, C, M, h, w] ({@link
 * io.zoetrope.pipeline.Engine#encode}), which the task borrows. Legend: B clips at once, C
 * channels, F frames, M frames in which clips overlap.
 *
 * <p>More than a dozen types: one for each task.
 */
@NullMarked
package io.zoetrope.pipeline.task;

import org.jspecify.annotations.NullMarked;
