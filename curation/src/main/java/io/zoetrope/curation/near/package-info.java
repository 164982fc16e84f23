/** Clips that are copies of each other: hashes, bands of them, groups. */
@NullMarked
package io.zoetrope.curation.near;

import org.jspecify.annotations.NullMarked;
