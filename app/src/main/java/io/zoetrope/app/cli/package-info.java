/**
 * What a command is: {@link io.zoetrope.app.cli.Verb}, and the {@link io.zoetrope.app.cli.Result}
 * that it has to say. Sees {@code cli.terminal} and nothing of the library.
 */
@NullMarked
package io.zoetrope.app.cli;

import org.jspecify.annotations.NullMarked;
