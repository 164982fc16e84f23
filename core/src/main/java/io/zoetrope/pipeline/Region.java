package io.zoetrope.pipeline;

import io.zoetrope.diffusion.guidance.Known;
import io.zoetrope.diffusion.guidance.Measurement;
import io.zoetrope.torch.ComputeDevice;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The part of a video that is to be made anew; the rest is kept. Borrows its tensors.
 *
 * @param made_11FHW bool, in the places of latents: true is made anew
 * @param kept_1CFHW latents of the video, of which those outside are read
 * @param holed_1CFHW latents of the video with that part grey, for networks that are shown it
 */
public record Region(Tensor made_11FHW, Tensor kept_1CFHW, Tensor holed_1CFHW) {
  public Region {
    if (made_11FHW.scalar_type().intern() != ScalarType.Bool
        || made_11FHW.size(2) != kept_1CFHW.size(2)) {
      throw new IllegalArgumentException("a region is a bool mask for each frame that is kept");
    }
  }

  /** Some of its frames. */
  Region frames(long first, long count) {
    return new Region(
        made_11FHW.narrow(2, first, count),
        kept_1CFHW.narrow(2, first, count),
        holed_1CFHW.narrow(2, first, count));
  }

  Region on(ComputeDevice device) {
    return new Region(
        device.place(made_11FHW), device.place(kept_1CFHW), device.place(holed_1CFHW));
  }

  /** What is outside, as something known. */
  Known outside() {
    return new Known(new Measurement.Region(made_11FHW.logical_not()), kept_1CFHW);
  }

  /** Latents with what is outside as it was, to the bit. */
  public Tensor around(Tensor z_BCFHW) {
    long frames = z_BCFHW.size(2);
    Region own = frames(0, frames);
    return torch.where(
        own.made_11FHW.to(z_BCFHW.device(), ScalarType.Bool),
        z_BCFHW,
        own.kept_1CFHW.to(z_BCFHW.device(), z_BCFHW.scalar_type()));
  }
}
