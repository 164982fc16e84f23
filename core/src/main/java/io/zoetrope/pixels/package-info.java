/**
 * What can be said of pixels without a model of video: {@link io.zoetrope.pixels.Annotator}s draw
 * what controls are shown. Sees torch alone.
 */
@NullMarked
package io.zoetrope.pixels;

import org.jspecify.annotations.NullMarked;
