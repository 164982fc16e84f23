/**
 * What this machine has, what of it will be used, and how fast it is: the parts of {@code zoetrope
 * doctor}. Sees the library and {@code cli}.
 */
@NullMarked
package io.zoetrope.app.doctor;

import org.jspecify.annotations.NullMarked;
