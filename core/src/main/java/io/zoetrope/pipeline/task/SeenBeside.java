package io.zoetrope.pipeline.task;

import io.zoetrope.diffusion.NoiseLevel;
import io.zoetrope.diffusion.guidance.Measurement;
import io.zoetrope.network.BesideLevel;
import io.zoetrope.pipeline.family.Beside;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Tensors;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * What networks of cascades see beside their noisy video, one and the same in training and in
 * sampling.
 */
public final class SeenBeside {
  private SeenBeside() {}

  /** A video as small as such a network begins with, by the kernel of its training. */
  public static Tensor small(Beside.Smaller kind, Tensor x_BCFHW) {
    return new Measurement.Downsampled(
            x_BCFHW.size(3) / kind.times(), x_BCFHW.size(4) / kind.times(), kind.kernel())
        .apply(x_BCFHW);
  }

  /** A small video as large as what is made. */
  public static Tensor enlarged(Beside.Smaller kind, Tensor x_BCFHW) {
    return Upscale.bilinear(
        x_BCFHW, kind.times() * x_BCFHW.size(3), kind.times() * x_BCFHW.size(4));
  }

  /** A slow video [B, C, F, h, w] at the places of its frames, [B, C, F times, h, w]. */
  public static Tensor slow(Beside.Slower kind, Tensor z_BCFHW) {
    Tensor each = z_BCFHW.unsqueeze(3);
    long[] shape = Tensors.shape(each);
    shape[3] = kind.times();
    return switch (kind.fill()) {
      case REPEAT -> each.expand(shape).flatten(2, 3);
      case BLANK -> {
        shape[3] = kind.times() - 1;
        Tensor blank = Tensors.zeros(shape).to(z_BCFHW.device(), z_BCFHW.scalar_type());
        yield Tensors.cat(List.of(each, blank), 3).flatten(2, 3);
      }
    };
  }

  /** A clip noised to a level of a schedule: alpha x + sigma eps. */
  public static Tensor noised(Tensor x_BCFHW, Tensor eps_BCFHW, NoiseLevel level) {
    return Ops.mul(x_BCFHW, level.alpha()).add(Ops.mul(eps_BCFHW, level.sigma()));
  }

  /** What the network is told of a level. */
  public static double told(NoiseLevel level) {
    return level.sigma() == 0 ? BesideLevel.CLEAN : BesideLevel.told(level.logSnr());
  }
}
