/**
 * Records as text and back: YAML or JSON fills them by the names of their components, and every
 * mistake is one line that names the origin, the line and the key. Recipes and orders are read
 * here. Sees {@code torch}.
 */
@NullMarked
package io.zoetrope.record;

import org.jspecify.annotations.NullMarked;
