/**
 * Toybox: a procedural, captioned video world of softly lit toys on a table. Clips are rendered at
 * any size, length and rate, and are a pure function of (seed, index). Sees {@code media} and
 * {@code data} only.
 *
 * <p>World coordinates: the square in the middle of the frame whose side is the frame's shorter
 * side is [0, 1] x [0, 1], x to the right and y down, whatever the size or aspect ratio; time is in
 * seconds. Scenes are laid out so that everything stays inside that square for {@link
 * io.zoetrope.data.toybox.ToyboxScene#SECONDS} seconds.
 *
 * <p>More than a dozen types: one for each trait of a toy and of its world.
 */
@NullMarked
package io.zoetrope.data.toybox;

import org.jspecify.annotations.NullMarked;
