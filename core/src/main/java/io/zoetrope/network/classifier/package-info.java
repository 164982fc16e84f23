/**
 * A small video classifier, whose features tell sets of videos apart. Sees {@code nn} and {@code
 * torch}.
 */
@NullMarked
package io.zoetrope.network.classifier;

import org.jspecify.annotations.NullMarked;
