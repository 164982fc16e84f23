/**
 * What this machine has, what of it will be used, and how fast it is: the parts of {@code zoetrope
 * doctor}. Sees {@code cli} and, of the library, {@code torch} and {@code media}.
 */
@NullMarked
package io.zoetrope.app.doctor;

import org.jspecify.annotations.NullMarked;
