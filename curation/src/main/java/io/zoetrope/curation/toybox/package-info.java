/**
 * Films and clips of the toy world whose cuts, copies and faults are known, to see what curation
 * finds.
 */
@NullMarked
package io.zoetrope.curation.toybox;

import org.jspecify.annotations.NullMarked;
