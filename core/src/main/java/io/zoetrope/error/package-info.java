/**
 * What a person caused and can mend, as a value: what kind of {@link io.zoetrope.error.Fault} it
 * is, the reason, and the {@link io.zoetrope.error.Mend}. Errors of libtorch become such ones here,
 * by their words alone.
 *
 * <p>A lowest floor: sees no other room and no native library.
 */
@NullMarked
package io.zoetrope.error;

import org.jspecify.annotations.NullMarked;
