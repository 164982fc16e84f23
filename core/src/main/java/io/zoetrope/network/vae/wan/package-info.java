/**
 * The causal video autoencoders of Wan 2.1 and 2.2. Frames pass through their layers one after
 * another; what a layer still needs of those before is in the {@link
 * io.zoetrope.network.vae.wan.Memory} of a passage, never in the network. Sees {@code nn}, {@code
 * torch}, and the room of autoencoders.
 */
@NullMarked
package io.zoetrope.network.vae.wan;

import org.jspecify.annotations.NullMarked;
