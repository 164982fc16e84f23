/**
 * Models by name: which folders they lie in, those that came in a jar, and those in the cache of
 * the hub. Nothing here loads one, and nothing downloads.
 *
 * <p>Sees {@code checkpoint} for the cache of the hub.
 */
@NullMarked
package io.zoetrope.models;

import org.jspecify.annotations.NullMarked;
