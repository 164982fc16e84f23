/**
 * From a recipe to a finished run: makes the networks, the data and the objective, and drives the
 * {@link io.zoetrope.train.Trainer}. Every run ends with something that can be used: an
 * autoencoder, or a model directory that {@code generate} takes. Sees the other rooms of {@code
 * train}, and {@code pipeline}.
 */
@NullMarked
package io.zoetrope.train.run;

import org.jspecify.annotations.NullMarked;
