/** Curves as pictures. */
@NullMarked
package io.zoetrope.app.charts;

import org.jspecify.annotations.NullMarked;
