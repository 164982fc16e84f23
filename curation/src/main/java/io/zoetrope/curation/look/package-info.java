/** Who opens files: in this process, or in one of its own that a bad file may kill. */
@NullMarked
package io.zoetrope.curation.look;

import org.jspecify.annotations.NullMarked;
