/**
 * Networks, and what those for video have in common: the contract that training and pipelines know,
 * and how frames of a batch belong together. Each architecture is a room of its own below. Sees
 * {@code nn}, {@code record}, {@code torch}, and of {@code diffusion} the contract that it
 * implements.
 *
 * <p>More than a dozen public types: what networks of all kinds are asked with and told.
 */
@NullMarked
package io.zoetrope.network;

import org.jspecify.annotations.NullMarked;
