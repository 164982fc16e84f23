/**
 * What is minimised: the losses of autoencoders and of diffusion, and the batches they are taken
 * on. Sees {@code train}, {@code train.footage} and what these see.
 */
@NullMarked
package io.zoetrope.train.objective;

import org.jspecify.annotations.NullMarked;
