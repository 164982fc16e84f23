/** Rows and their files: JSON Lines that grow, and are read again by who goes on. */
@NullMarked
package io.zoetrope.curation.table;

import org.jspecify.annotations.NullMarked;
