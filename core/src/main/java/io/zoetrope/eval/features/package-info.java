/**
 * Videos as points in a space of features, and the distance between two sets of them. Sees {@code
 * network}, {@code checkpoint} and {@code torch}. Legend: B videos, D features, N videos of a set.
 */
@NullMarked
package io.zoetrope.eval.features;

import org.jspecify.annotations.NullMarked;
