/**
 * Videos as points in a space of features, and the distance between two sets of them; pictures and
 * texts as points in CLIP's. Sees {@code network}, {@code checkpoint}, {@code media} and {@code
 * torch}. Legend: B videos, D features, N videos of a set, P pictures, T texts, E features of
 * CLIP's embeddings.
 */
@NullMarked
package io.zoetrope.eval.features;

import org.jspecify.annotations.NullMarked;
