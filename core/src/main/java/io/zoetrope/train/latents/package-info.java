/**
 * Latents of clips in shards: what writes them, the index that names them, and a data set over such
 * an index. Sees {@code train.footage}, {@code data} and what the rooms below {@code train} are
 * made of.
 */
@NullMarked
package io.zoetrope.train.latents;

import org.jspecify.annotations.NullMarked;
