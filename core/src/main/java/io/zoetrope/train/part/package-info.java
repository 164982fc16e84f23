/**
 * Parts of a loaded model that learn, while the rest of it is frozen as it was loaded: low-rank
 * factors beside layers, weights themselves, words of the text encoder, what it is shown of
 * pictures and of hints. Each is read from a recipe's block, has parameters, a pace and a scale of
 * its own, and writes what it has learned. Sees {@code train}, and {@code pipeline}, whose models
 * it stands beside.
 */
@NullMarked
package io.zoetrope.train.part;

import org.jspecify.annotations.NullMarked;
