package io.zoetrope.pipeline;

import io.zoetrope.diffusion.Conditioning;
import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.torch.Fault;
import io.zoetrope.torch.Segments;
import io.zoetrope.torch.Tensors;
import io.zoetrope.torch.UserError;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * What the controls of a {@link io.zoetrope.network.unet.ControlledUNet} are shown, one after
 * another, whatever else the video is conditioned on: both branches of guidance see the same.
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

  public boolean isEmpty() {
    return each.isEmpty();
  }

  /**
   * What is shown from a frame of a longer video on.
   *
   * @throws UserError if nothing is shown there
   */
  public Hints from(long frame) {
    return frame == 0
        ? this
        : new Hints(
            each.stream()
                .map(hint ->
                    new Hint(
                        rest(hint.shown_BCFHW, frame), hint.mask_B1FHW.map(m -> rest(m, frame))))
                .toList());
  }

  private static Tensor rest(Tensor x_BCFHW, long frame) {
    requireFrames(x_BCFHW, frame + 1);
    return x_BCFHW.narrow(2, frame, x_BCFHW.size(2) - frame);
  }

  private static void requireFrames(Tensor x_BCFHW, long frames) {
    if (x_BCFHW.size(2) < frames) {
      throw new UserError(
          Fault.MISMATCH,
          "controls are shown %d frames, the video has %d or more"
              .formatted(x_BCFHW.size(2), frames));
    }
  }

  /**
   * A denoiser that is shown them; it may look at a video in windows, as hints lie beside what is
   * said of each frame. A video of fewer frames is shown the first of them.
   */
  public X0Denoiser around(X0Denoiser base) {
    return isEmpty() ? base : new Around(base, this);
  }

  private record Around(X0Denoiser base, Hints hints) implements X0Denoiser {
    @Override
    public NoiseSchedule schedule() {
      return base.schedule();
    }

    @Override
    public X0Denoiser segmented(Segments segments) {
      return new Around(base.segmented(segments), hints);
    }

    @Override
    public Tensor x0(Tensor z_BCFHW, Tensor u_BF, Conditioning conditioning) {
      return base.x0(z_BCFHW, u_BF, hints.beside(conditioning, z_BCFHW));
    }
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
    requireFrames(x_BCFHW, z_BCFHW.size(2));
    Tensor fit = x_BCFHW.narrow(2, 0, z_BCFHW.size(2));
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
