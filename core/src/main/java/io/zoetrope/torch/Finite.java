package io.zoetrope.torch;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Whether what was computed are numbers: what overflowed, or came of something that did, stays NaN
 * or infinite to the last pixel.
 */
public final class Finite {
  private static final String NOT_FINITE = " are not finite numbers";

  private Finite() {}

  /**
   * Whether each element is a finite number; reads a floating tensor about once, wherever it lies.
   * Of another device it brings back one number, for which that catches up with what it was told.
   */
  public static boolean all(Tensor x) {
    if (x instanceof PackedTensor packed) {
      return Scopes.value(() -> all(packed.dense(ScalarType.Float)));
    }
    if (x.numel() == 0 || !x.is_floating_point()) {
      return true;
    }
    return Scopes.value(() -> {
      Tensor values = x.detach();
      // A sum is finite only if all its terms are; it makes nothing and reads everything once.
      Tensor sum = values.sum(new ScalarTypeOptional(ScalarType.Float));
      return Float.isFinite(ComputeDevice.CPU.place(sum).item_float())
          || ComputeDevice.CPU.place(values.isfinite().all()).item_bool();
    });
  }

  /**
   * Requires numbers.
   *
   * @param what they are, as in "the latents after step 3 of 20"
   * @throws UserError if one is not finite ({@link Fault#NOT_FINITE})
   */
  public static void require(Tensor x, String what) {
    if (!all(x)) {
      throw new UserError(Fault.NOT_FINITE, what + NOT_FINITE);
    }
  }

  /** As above, of what lies in a file. */
  public static void requireStored(Tensor x, String what) {
    if (!all(x)) {
      throw new UserError(
          Fault.NOT_FINITE, what + NOT_FINITE, "get the file again, or do without it");
    }
  }
}
