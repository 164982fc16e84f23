/**
 * The {@code zoetrope} command: finds the command that was asked for, runs it, and turns whatever
 * happens into streams and an exit code. Sees all of its rooms; nobody sees it. {@code
 * ArchitectureTest} has the table of who sees whom.
 */
@NullMarked
package io.zoetrope.app;

import org.jspecify.annotations.NullMarked;
