package io.zoetrope.diffusion.guidance;

import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.record.Default;
import io.zoetrope.record.Limits;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Segments;
import io.zoetrope.torch.Tensors;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Dynamic thresholding (Saharia et al. 2022, "Imagen", section 2.3): {@code s} is a percentile of
 * |x0| over a clip, at least 1; x0 is clipped to [-s, s] and divided by s. For pixels in [-1, 1];
 * it makes no sense on latents. One s for a clip, so that brightness does not flicker.
 *
 * @param base the denoiser whose output to threshold, usually a guided one
 * @param bound what is clipped
 */
public record DynamicThresholding(X0Denoiser base, Bound bound) implements X0Denoiser {
  /** Of what s is a percentile. */
  public enum Over {
    /** All of a clip, so that brightness does not flicker. */
    CLIP,

    /** Each frame, as image models do it. */
    FRAME
  }

  /**
   * What is clipped.
   *
   * @param percentile 0.5 to 1; Imagen's paper uses 0.995, public code 0.95
   * @param cap the largest s, 1 to 1000: beyond it, what is divided by it is clipped still
   *     (DeepFloyd IF: 1.5)
   * @param over what
   */
  public record Bound(
      @Default("0.995") double percentile, Optional<Double> cap, @Default("clip") Over over) {
    public Bound {
      Limits.USUAL.real("percentile", 0.5, 1, percentile);
      cap.ifPresent(value -> Limits.USUAL.real("cap", 1, 1000, value));
    }

    /** Of a clip, without a cap. */
    public static Bound of(double percentile) {
      return new Bound(percentile, Optional.empty(), Over.CLIP);
    }
  }

  /** Of a clip, without a cap. */
  public DynamicThresholding(X0Denoiser base, double percentile) {
    this(base, Bound.of(percentile));
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
    return new DynamicThresholding(base.segmented(segments), bound);
  }

  @Override
  public Tensor x0(Tensor z_BCFHW, Tensor u_BF, Conditioning conditioning) {
    Tensor x0 = base.x0(z_BCFHW, u_BF, conditioning);
    ScalarType dtype = x0.scalar_type().intern();
    Tensor wide = dtype == ScalarType.Double ? x0 : x0.to(ScalarType.Float);
    long batch = wide.size(0);
    long frames = bound.over == Over.FRAME ? wide.size(2) : 1;
    Tensor size = wide.abs().transpose(1, 2).reshape(batch * frames, -1);
    // The k-th smallest rather than torch.quantile, which refuses more than 2^24 elements.
    long k = Math.clamp((long) Math.ceil(bound.percentile * size.size(1)), 1, size.size(1));
    Tensor one = Tensors.full(1, 1).to(wide.device(), wide.scalar_type());
    Tensor least = size.kthvalue(k, 1, false).get0().maximum(one);
    Tensor each = bound.cap.map(cap -> least.minimum(Ops.mul(one, cap))).orElse(least);
    Tensor s = each.view(batch, 1, frames, 1, 1);
    return torch.minimum(torch.maximum(wide, Ops.mul(s, -1)), s).div(s).to(dtype);
  }
}
