/** The examples, run as a person would run them. */
@NullMarked
package io.zoetrope.examples;

import org.jspecify.annotations.NullMarked;
