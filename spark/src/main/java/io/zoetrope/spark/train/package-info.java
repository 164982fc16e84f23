/**
 * Training on several machines: the workers of {@code io.zoetrope.train.World} as tasks of one
 * barrier stage, submitted again from the last save when one is lost.
 */
@NullMarked
package io.zoetrope.spark.train;

import org.jspecify.annotations.NullMarked;
