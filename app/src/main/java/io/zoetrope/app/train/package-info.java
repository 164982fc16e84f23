/**
 * Commands that train: a recipe, or one video; what they show meanwhile, and the processes that
 * train together.
 */
@NullMarked
package io.zoetrope.app.train;

import org.jspecify.annotations.NullMarked;
