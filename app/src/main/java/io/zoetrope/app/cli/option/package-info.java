/**
 * Options that several commands share, their values and limits; where models, sources and results
 * are. Sees {@code cli.words}, {@code cli.terminal} and the values of the library that options
 * mean.
 */
@NullMarked
package io.zoetrope.app.cli.option;

import org.jspecify.annotations.NullMarked;
