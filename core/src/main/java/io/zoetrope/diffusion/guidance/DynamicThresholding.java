package io.zoetrope.diffusion.guidance;

import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Segments;
import io.zoetrope.torch.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Dynamic thresholding (Saharia et al. 2022, "Imagen", section 2.3): {@code s} is a percentile of
 * |x0| over a clip, at least 1; x0 is clipped to [-s, s] and divided by s. For pixels in [-1, 1];
 * it makes no sense on latents. One s for a clip, so that brightness does not flicker.
 *
 * @param base the denoiser whose output to threshold, usually a guided one
 * @param percentile in (0, 1]; the paper uses 0.995
 */
public record DynamicThresholding(X0Denoiser base, double percentile) implements X0Denoiser {
  public DynamicThresholding {
    if (!(percentile > 0 && percentile <= 1)) {
      throw new IllegalArgumentException(
          "a percentile lies in (0, 1]; " + percentile + " does not");
    }
  }

  /** With the paper's percentile. */
  public DynamicThresholding(X0Denoiser base) {
    this(base, 0.995);
  }

  @Override
  public NoiseSchedule schedule() {
    return base.schedule();
  }

  @Override
  public X0Denoiser segmented(Segments segments) {
    return new DynamicThresholding(base.segmented(segments), percentile);
  }

  @Override
  public Tensor x0(Tensor z_BCFHW, Tensor u_BF, Conditioning conditioning) {
    Tensor x0 = base.x0(z_BCFHW, u_BF, conditioning);
    ScalarType dtype = x0.scalar_type().intern();
    Tensor wide = dtype == ScalarType.Double ? x0 : x0.to(ScalarType.Float);
    Tensor size = wide.abs().flatten(1, -1);
    // The k-th smallest rather than torch.quantile, which refuses more than 2^24 elements.
    long k = Math.clamp((long) Math.ceil(percentile * size.size(1)), 1, size.size(1));
    Tensor one = Tensors.full(1, 1).to(wide.device(), wide.scalar_type());
    Tensor s = size.kthvalue(k, 1, false).get0().maximum(one).view(-1, 1, 1, 1, 1);
    return torch.minimum(torch.maximum(wide, Ops.mul(s, -1)), s).div(s).to(dtype);
  }
}
