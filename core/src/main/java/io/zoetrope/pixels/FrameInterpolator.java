package io.zoetrope.pixels;

import io.zoetrope.torch.Ops;
import org.bytedeco.pytorch.Tensor;

/** Makes a frame between two. Thread-safe. */
@FunctionalInterface
public interface FrameInterpolator {
  /** The weighted mean of the two: what moves by more than its edges are wide is there twice. */
  FrameInterpolator MEAN = (a, b, t) -> Ops.mul(a, 1 - t).add(Ops.mul(b, t));

  /**
   * The frames between pairs.
   *
   * @param a_N3HW frames before, values 0..1, f32
   * @param b_N3HW frames after
   * @param t when between the two: 0 is a, 1 is b
   * @return of the same shape, 0..1
   * @throws io.zoetrope.error.UserError if frames of this size will not do
   */
  Tensor between(Tensor a_N3HW, Tensor b_N3HW, double t);
}
