/** Tests of the module. */
@NullMarked
package io.zoetrope.spark;

import org.jspecify.annotations.NullMarked;
