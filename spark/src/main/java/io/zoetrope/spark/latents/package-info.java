/** Latents of clips, encoded by the executors of a cluster into shards with an index in Parquet. */
@NullMarked
package io.zoetrope.spark.latents;

import org.jspecify.annotations.NullMarked;
