/**
 * What the command line says of what went wrong: names of its options for the knobs of the library.
 */
@NullMarked
package io.zoetrope.app.cli.words;

import org.jspecify.annotations.NullMarked;
