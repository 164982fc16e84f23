/**
 * Moving pictures in and out: decode, encode, contact sheets, and the way between frames and
 * tensors. Sees {@code torch} and FFmpeg.
 */
@NullMarked
package io.zoetrope.media;

import org.jspecify.annotations.NullMarked;
