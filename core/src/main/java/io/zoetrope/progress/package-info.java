/**
 * How anything long tells how far it is, and how it is stopped: one interface for loading, reading,
 * encoding, sampling, decoding, writing, training and downloads, so that a command line, a server
 * and a cluster need one of each.
 *
 * <p>The lowest floor: sees no other room, because the lowest of them have long work too (reading
 * weights and files). It is a room of its own and not part of {@code torch}, since a download has
 * progress and no tensor. It names libtorch's {@link org.bytedeco.pytorch.Tensor} as the type of a
 * preview and calls nothing on it.
 */
@NullMarked
package io.zoetrope.progress;

import org.jspecify.annotations.NullMarked;
