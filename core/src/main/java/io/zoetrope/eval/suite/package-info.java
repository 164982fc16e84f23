/**
 * Task suites: each runs one task of the {@code pipeline} on many seeds and measures what that task
 * promises. What it finds is a record; {@link io.zoetrope.eval.suite.Report} shows it. Sees {@code
 * eval}, {@code pipeline} and {@code data}.
 *
 * <p>Sources and right answers are rendered clips of one toy, whose prompt is its canonical
 * caption.
 */
@NullMarked
package io.zoetrope.eval.suite;

import org.jspecify.annotations.NullMarked;
