/** Tests of training on several machines. */
@NullMarked
package io.zoetrope.spark.train;

import org.jspecify.annotations.NullMarked;
