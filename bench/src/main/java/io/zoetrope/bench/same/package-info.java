/**
 * Two checkouts of Zoetrope side by side: do they make the same? Needs nothing but the JDK, and of
 * the checkouts only their command lines, so that it may compare any two, whatever moved between
 * them.
 */
@NullMarked
package io.zoetrope.bench.same;

import org.jspecify.annotations.NullMarked;
