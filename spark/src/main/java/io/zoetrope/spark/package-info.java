/**
 * Zoetrope on Apache Spark: a session with one model for each executor, and the {@code zoetrope
 * spark} command. What is done there lies in a package each.
 */
@NullMarked
package io.zoetrope.spark;

import org.jspecify.annotations.NullMarked;
