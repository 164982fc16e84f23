/**
 * What can be said of pixels without a model of video: {@link io.zoetrope.pixels.Annotator}s draw
 * what controls are shown, {@link io.zoetrope.pixels.FrameInterpolator}s make frames between
 * frames. Networks in files of another runtime are {@link io.zoetrope.pixels.TensorGraph}s; what
 * runs them is found beside the library, or not. Sees {@code torch} and {@code error}.
 */
@NullMarked
package io.zoetrope.pixels;

import org.jspecify.annotations.NullMarked;
