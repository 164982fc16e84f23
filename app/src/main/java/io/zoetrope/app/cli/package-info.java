/**
 * What all commands share: options, their values and limits, the console, progress, cancellation,
 * names for output files. Sees picocli and, of the library, {@code UserError}, the progress
 * interface, plans, models and the fits of {@code media}.
 */
@NullMarked
package io.zoetrope.app.cli;

import org.jspecify.annotations.NullMarked;
