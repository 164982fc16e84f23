/**
 * Moving pictures in and out: decode, encode, contact sheets, the text that files carry beside
 * their frames, and the way between frames and tensors. Sees {@code progress}, {@code torch} and
 * FFmpeg.
 */
@NullMarked
package io.zoetrope.media;

import org.jspecify.annotations.NullMarked;
