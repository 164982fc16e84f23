/** Where films change from one shot to the next: signatures of frames, and passes over them. */
@NullMarked
package io.zoetrope.curation.cut;

import org.jspecify.annotations.NullMarked;
