@NullMarked
package io.zoetrope.pipeline.probe;

import org.jspecify.annotations.NullMarked;
