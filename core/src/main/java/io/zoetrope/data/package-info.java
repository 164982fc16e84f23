/**
 * Captioned clips to learn from: the procedural Toybox, folders of a user's own, tars of
 * webdataset, what describes such, and the analyser that reads a clip back. {@code table} reads
 * tables of them. Sees {@code media}, {@code record} and {@code torch}.
 */
@NullMarked
package io.zoetrope.data;

import org.jspecify.annotations.NullMarked;
