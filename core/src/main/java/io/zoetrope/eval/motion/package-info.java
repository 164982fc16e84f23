/**
 * Figures of motion: the way of the most prominent object, what it does at seams, whether it goes
 * straight from one place to another. Sees {@code data} and {@code eval}.
 */
@NullMarked
package io.zoetrope.eval.motion;

import org.jspecify.annotations.NullMarked;
