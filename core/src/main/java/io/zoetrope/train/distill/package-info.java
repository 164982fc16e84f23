/**
 * What a student learns from a guided teacher: its guidance, several of its steps as one, or where
 * its path ends. Each {@link io.zoetrope.train.distill.Way} is a {@link
 * io.zoetrope.train.objective.Target} and the levels at which it is asked. Sees {@code train}, its
 * rooms {@code footage} and {@code objective}, {@code diffusion}, {@code network} and {@code
 * record}.
 */
@NullMarked
package io.zoetrope.train.distill;

import org.jspecify.annotations.NullMarked;
