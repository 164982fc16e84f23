/**
 * Ways to train: each is a record that a recipe's objective is read into, and makes the networks,
 * the data, the loss and what comes of it. {@link io.zoetrope.train.method.Methods} is their table.
 * Sees {@code train}, its rooms {@code recipe}, {@code footage}, {@code objective}, {@code distill}
 * and {@code part}, and {@code pipeline}, which knows how models are read and written
 * (docs/decisions/0001).
 */
@NullMarked
package io.zoetrope.train.method;

import org.jspecify.annotations.NullMarked;
