package io.zoetrope.diffusion;

import io.zoetrope.torch.Ops;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Holds a sampler's estimate of the clean video in the range of its data. */
public sealed interface Threshold {
  /** Lets every estimate pass. */
  Threshold NONE = new None();

  /** The estimate within bounds, in its own dtype. */
  Tensor apply(Tensor x0_BCFHW);

  /** Lets every estimate pass. */
  record None() implements Threshold {
    @Override
    public Tensor apply(Tensor x0_BCFHW) {
      return x0_BCFHW;
    }
  }

  /**
   * Cuts at a fixed range.
   *
   * @param range above 0
   */
  record Clip(double range) implements Threshold {
    public Clip {
      if (!(range > 0)) {
        throw new IllegalArgumentException("a range is above 0, not " + range);
      }
    }

    @Override
    public Tensor apply(Tensor x0_BCFHW) {
      return Ops.clamp(x0_BCFHW, -range, range);
    }
  }

  /**
   * Cuts at a quantile of |x0| over a clip, held between 1 and {@code most}, and divides by it
   * (Saharia et al. 2022, "Imagen", section 2.3). The quantile lies on the line between its two
   * neighbours, as in {@code torch.quantile}. {@link
   * io.zoetrope.diffusion.guidance.DynamicThresholding} is the same without an upper bound, for
   * models of pixels.
   *
   * @param quantile in (0, 1]
   * @param most at least 1; 1 cuts at 1
   */
  record Dynamic(double quantile, double most) implements Threshold {
    public Dynamic {
      if (!(quantile > 0 && quantile <= 1 && most >= 1)) {
        throw new IllegalArgumentException(
            "a quantile lies in (0, 1] and its bound is at least 1, not "
                + quantile
                + " and "
                + most);
      }
    }

    @Override
    public Tensor apply(Tensor x0_BCFHW) {
      Tensor size = x0_BCFHW.abs().flatten(1, -1);
      double rank = quantile * (size.size(1) - 1);
      long below = (long) rank;
      long above = Math.min(below + 1, size.size(1) - 1);
      Tensor low = size.kthvalue(below + 1, 1, false).get0();
      Tensor high = size.kthvalue(above + 1, 1, false).get0();
      Tensor s = low.lerp(high, new Scalar(rank - below));
      s = Ops.clamp(s, 1, most).view(-1, 1, 1, 1, 1);
      return torch.minimum(torch.maximum(x0_BCFHW, Ops.mul(s, -1)), s).div(s);
    }
  }
}
