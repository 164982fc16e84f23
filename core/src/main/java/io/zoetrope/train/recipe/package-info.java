/**
 * Recipes: what to train, on what, and how, as records read from YAML or JSON. Every mistake is one
 * line that names the file, the line and the key. Sees {@code train}, {@code train.objective} for
 * the values that a recipe shares with it, {@code nn} and {@code torch}.
 */
@NullMarked
package io.zoetrope.train.recipe;

import org.jspecify.annotations.NullMarked;
