/**
 * Options that several commands share, their values and limits; where models, sources and results
 * are. Sees {@code cli.words}, {@code cli.terminal} and the values of the library that options
 * mean.
 *
 * <p>More than a dozen public types: each group of options that commands mix in is one.
 */
@NullMarked
package io.zoetrope.app.cli.option;

import org.jspecify.annotations.NullMarked;
