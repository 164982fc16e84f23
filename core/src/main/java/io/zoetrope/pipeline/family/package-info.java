/**
 * From files to what a model consists of: where things lie, what the index and the configs say,
 * which parts that makes and how their weights are named. Sees {@code pipeline.schedule}, and no
 * other room of {@code pipeline}.
 */
@NullMarked
package io.zoetrope.pipeline.family;

import org.jspecify.annotations.NullMarked;
