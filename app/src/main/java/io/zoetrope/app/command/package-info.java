/**
 * One command, one class. A command reads its options, calls the library and says what came of it;
 * it computes nothing itself. Sees {@code cli}, {@code charts}, {@code doctor} and the library.
 */
@NullMarked
package io.zoetrope.app.command;

import org.jspecify.annotations.NullMarked;
