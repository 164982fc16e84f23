/**
 * Tiny autoencoders of others' latents: they stand in for a large one where time or memory is
 * short. Those of videos (TAEHV) let frames pass through their layers one after another; what a
 * layer remembers of the one before is in the {@link io.zoetrope.network.vae.tiny.Held} of a
 * passage. Those of pictures (TAESD) see each frame by itself. Sees {@code nn}, {@code torch}, and
 * the room of autoencoders.
 */
@NullMarked
package io.zoetrope.network.vae.tiny;

import org.jspecify.annotations.NullMarked;
