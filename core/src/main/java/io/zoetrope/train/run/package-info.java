/**
 * From a recipe to a finished run: has the recipe's method make everything ready and drives the
 * {@link io.zoetrope.train.Trainer}. Every run ends with something that can be used. Sees {@code
 * train}, {@code train.recipe} and {@code train.method}.
 */
@NullMarked
package io.zoetrope.train.run;

import org.jspecify.annotations.NullMarked;
