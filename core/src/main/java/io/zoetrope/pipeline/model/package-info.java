/**
 * A model, loaded: its parts on their weights, what it needs of memory, what lies in its files, and
 * how one is written. Sees {@code pipeline.family} and {@code pipeline.schedule}.
 */
@NullMarked
package io.zoetrope.pipeline.model;

import org.jspecify.annotations.NullMarked;
