/**
 * Native memory, devices, dtypes, seeded random streams, rearrange, sums over several workers, and
 * operations with sane signatures. The only room that touches JavaCPP's optionals, array references
 * and raw factories; everybody else sees {@link org.bytedeco.pytorch.Tensor} and this room. Sees
 * libtorch and the BLAS that it is linked to.
 *
 * <p>Shape suffixes used throughout: {@code B} batch, {@code C} channels, {@code F} frames, {@code
 * H} height, {@code W} width, {@code N} tokens, {@code D} features, {@code Hd} heads; {@code u_BF}
 * is one noise level in [0, 1] for each frame, {@code t_BF} what a network is told of it.
 *
 * <p>More than a dozen types: everything that hides the native library is in this one room, so that
 * no other needs to know how.
 */
@NullMarked
package io.zoetrope.torch;

import org.jspecify.annotations.NullMarked;
