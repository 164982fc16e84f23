/**
 * Recipes: what to train, on what, and how, as records read from YAML or JSON. Every mistake is one
 * line that names the file, the line and the key. What an objective may be is given to the reader:
 * no method is known here. Sees {@code train} and {@code torch}.
 */
@NullMarked
package io.zoetrope.train.recipe;

import org.jspecify.annotations.NullMarked;
