/**
 * The {@code zoetrope} command: finds the command that was asked for, runs it, and turns whatever
 * happens into streams and an exit code. Sees its own rooms {@code cli}, {@code command}, {@code
 * make} and {@code doctor}; nobody sees it.
 */
@NullMarked
package io.zoetrope.app;

import org.jspecify.annotations.NullMarked;
