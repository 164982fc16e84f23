/**
 * How good generated videos are. Sees {@code network}, {@code media} and {@code data}; what makes
 * the videos is handed in as a function.
 */
@NullMarked
package io.zoetrope.eval;

import org.jspecify.annotations.NullMarked;
