@NullMarked
package io.zoetrope.spark.curate;

import org.jspecify.annotations.NullMarked;
