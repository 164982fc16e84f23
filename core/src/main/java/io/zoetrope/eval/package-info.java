/**
 * How good generated videos are. Figures know videos only, whoever made them; {@code eval.suite}
 * alone sees the {@code pipeline}, to run the tasks that it measures.
 */
@NullMarked
package io.zoetrope.eval;

import org.jspecify.annotations.NullMarked;
