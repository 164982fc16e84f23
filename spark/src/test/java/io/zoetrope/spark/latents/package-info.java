/** Latents on a cluster. */
@NullMarked
package io.zoetrope.spark.latents;

import org.jspecify.annotations.NullMarked;
