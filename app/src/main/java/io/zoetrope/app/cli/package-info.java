/**
 * What all commands share: options, their values and limits, the console, progress, cancellation,
 * names for output files. Sees picocli and, of the library, only {@code UserError} and the progress
 * interface.
 */
@NullMarked
package io.zoetrope.app.cli;

import org.jspecify.annotations.NullMarked;
