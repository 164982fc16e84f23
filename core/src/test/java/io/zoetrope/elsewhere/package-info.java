/**
 * A device that is not the CPU, without one: classes of Zoetrope are loaded a second time with
 * every call of libtorch watched, and tensors are marked as lying elsewhere.
 */
@NullMarked
package io.zoetrope.elsewhere;

import org.jspecify.annotations.NullMarked;
