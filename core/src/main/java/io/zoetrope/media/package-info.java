/**
 * Moving pictures in and out: decode, encode, contact sheets, the text that files carry beside
 * their frames, and the way between frames and tensors. Sees {@code progress}, {@code torch} and
 * FFmpeg.
 *
 * <p>More than a dozen types: small values (formats, options, fits, frames) around one reader and
 * one writer.
 */
@NullMarked
package io.zoetrope.media;

import org.jspecify.annotations.NullMarked;
