/** Thresholds: bounds on measures, by number or by quantile of a sample, and what they cost. */
@NullMarked
package io.zoetrope.curation.choose;

import org.jspecify.annotations.NullMarked;
