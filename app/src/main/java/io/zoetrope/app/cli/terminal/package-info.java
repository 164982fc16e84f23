/**
 * Where a command runs and how it talks: streams, folder and environment in a {@link
 * io.zoetrope.app.cli.terminal.Session}, progress, cancellation, logs, numbers for people. Sees, of
 * the library, {@code progress} and {@code error.UserError}.
 */
@NullMarked
package io.zoetrope.app.cli.terminal;

import org.jspecify.annotations.NullMarked;
