/** What is measured of a clip: one class each behind one interface, and a table of them. */
@NullMarked
package io.zoetrope.curation.measure;

import org.jspecify.annotations.NullMarked;
