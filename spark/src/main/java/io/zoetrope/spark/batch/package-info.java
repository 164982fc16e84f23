/** Batches: a table of orders becomes videos and a manifest, each row exactly once. */
@NullMarked
package io.zoetrope.spark.batch;

import org.jspecify.annotations.NullMarked;
