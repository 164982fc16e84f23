package io.zoetrope.network.unet;

import io.zoetrope.diffusion.Conditioning;
import io.zoetrope.diffusion.Denoiser;
import io.zoetrope.torch.Segments;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * What the controls of a {@link ControlledUNet} are shown, one after another, whatever else the
 * video is conditioned on: both branches of guidance see the same.
 */
public record Hints(List<Hint> each) {
  /**
   * What one control is shown.
   *
   * @param shown_BCFHW pictures with values 0..1, or latents; B is 1 for all clips
   * @param mask_B1FHW where anything is shown; for those of few frames
   */
  public record Hint(Tensor shown_BCFHW, Optional<Tensor> mask_B1FHW) {}

  public Hints {
    each = List.copyOf(each);
  }

  /** A network that is shown them. A video of fewer frames is shown the first of them. */
  public Denoiser around(Denoiser network) {
    return new Denoiser() {
      @Override
      public Tensor predict(Tensor z_BCFHW, Tensor t_BF, Conditioning conditioning) {
        return network.predict(z_BCFHW, t_BF, beside(conditioning, z_BCFHW));
      }

      @Override
      public Tensor predict(
          Tensor z_BCFHW, Tensor t_BF, Conditioning conditioning, Segments segments) {
        return network.predict(z_BCFHW, t_BF, beside(conditioning, z_BCFHW), segments);
      }
    };
  }

  private Conditioning beside(Conditioning conditioning, Tensor z_BCFHW) {
    Conditioning all = conditioning;
    for (int i = 0; i < each.size(); i++) {
      all = all.with(Conditioning.hint(i), of(each.get(i).shown_BCFHW, z_BCFHW));
      Optional<Tensor> mask = each.get(i).mask_B1FHW;
      if (mask.isPresent()) {
        all = all.with(Conditioning.hintMask(i), of(mask.get(), z_BCFHW));
      }
    }
    return all;
  }

  /** As many clips and frames of it as the video has; clips of both branches in turn. */
  private static Tensor of(Tensor x_BCFHW, Tensor z_BCFHW) {
    long clips = z_BCFHW.size(0);
    long own = x_BCFHW.size(0);
    long frames = Math.min(z_BCFHW.size(2), x_BCFHW.size(2));
    Tensor fit = x_BCFHW.narrow(2, 0, frames);
    if (own == clips) {
      return fit;
    }
    if (own == 1) {
      long[] shape = Tensors.shape(fit);
      shape[0] = clips;
      return fit.expand(shape);
    }
    List<Tensor> again = new ArrayList<>();
    for (long i = 0; i < clips / own; i++) {
      again.add(fit);
    }
    return Tensors.cat(again, 0);
  }
}
