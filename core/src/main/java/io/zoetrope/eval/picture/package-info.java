/**
 * Figures of pixels: how near two videos are, how sharp one is, how much it flickers, how it passes
 * a seam. Videos are [3, F, H, W] in [-1, 1], any float dtype; figures are computed in f64. Sees
 * {@code torch} only.
 */
@NullMarked
package io.zoetrope.eval.picture;

import org.jspecify.annotations.NullMarked;
