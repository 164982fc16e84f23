/**
 * Models from the Hugging Face hub: its HTTP protocol, and its cache on disk, laid out as the
 * {@code huggingface_hub} package lays it out, so that each finds what the other downloaded. {@link
 * io.zoetrope.checkpoint.hub.HubCache} reads and never touches the network; {@link
 * io.zoetrope.checkpoint.hub.Pull} downloads, and only what it is told to.
 *
 * <p>The way of a file: listed ({@code HubClient}), chosen ({@code Selection}), fetched into {@code
 * blobs/ETAG.zoetrope.incomplete} and checked against its hash ({@code Download}), renamed to
 * {@code blobs/ETAG}, linked from {@code snapshots/COMMIT/}. When all are there the revision's file
 * in {@code refs/} names the commit. So whatever is cut, and wherever, a file in {@code blobs} is
 * whole and a revision in {@code refs} has all its files.
 *
 * <p>Sees {@code torch} and {@code record}, for errors, atomic files and JSON.
 */
@NullMarked
package io.zoetrope.checkpoint.hub;

import org.jspecify.annotations.NullMarked;
