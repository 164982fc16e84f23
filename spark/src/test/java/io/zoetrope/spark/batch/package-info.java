/** Tests of batches. */
@NullMarked
package io.zoetrope.spark.batch;

import org.jspecify.annotations.NullMarked;
