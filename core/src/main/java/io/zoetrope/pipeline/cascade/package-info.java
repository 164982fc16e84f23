/**
 * Several models, one after another: a {@link io.zoetrope.pipeline.cascade.Cascade} is a list of
 * stages, each with a model, a size, a rate and a sampling of its own, and a {@link
 * io.zoetrope.pipeline.cascade.Bridge} over which what the stage before made enters it. All of it
 * is values with JSON both ways; every stage is run by the one loop. Sees {@code record}, {@code
 * pipeline} and its rooms {@code task}, {@code model}, {@code family} and {@code schedule}.
 */
@NullMarked
package io.zoetrope.pipeline.cascade;

import org.jspecify.annotations.NullMarked;
