/**
 * Networks that tell what was made from what was given, for training against them. Sees {@code nn}
 * and {@code torch}.
 */
@NullMarked
package io.zoetrope.network.critic;

import org.jspecify.annotations.NullMarked;
