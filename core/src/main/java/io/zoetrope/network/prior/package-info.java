/**
 * Networks that make the embedding of a picture from a text: unCLIP's prior. Sees {@code nn},
 * {@code torch} and {@code diffusion}.
 */
@NullMarked
package io.zoetrope.network.prior;

import org.jspecify.annotations.NullMarked;
