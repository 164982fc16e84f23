/**
 * How a model's noise is walked down: what its scheduler's config says, the samplers by name, the
 * levels of a run, and which of them a distilled model knows. Sees {@code diffusion} and {@code
 * checkpoint}, and no other room of {@code pipeline}.
 */
@NullMarked
package io.zoetrope.pipeline.schedule;

import org.jspecify.annotations.NullMarked;
