/** Curation on Spark: the stages of {@code io.zoetrope.curation} as Parquet tables. */
@NullMarked
package io.zoetrope.spark.curate;

import org.jspecify.annotations.NullMarked;
