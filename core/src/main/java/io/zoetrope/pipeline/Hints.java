package io.zoetrope.pipeline;

import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.ComputeDevice;
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
  public record Hint(Tensor shown_BCFHW, Optional<Tensor> mask_B1FHW) {
    private Hint on(ComputeDevice device) {
      return new Hint(device.place(shown_BCFHW), mask_B1FHW.map(device::place));
    }
  }

  public Hints {
    each = List.copyOf(each);
  }

  public boolean isEmpty() {
    return each.isEmpty();
  }

  /**
   * Requires that a video of so many frames is shown something to its end.
   *
   * @throws UserError if it is not
   */
  public void requireFrames(long frames) {
    for (Hint hint : each) {
      if (hint.shown_BCFHW.size(2) < frames) {
        throw new UserError(
            Fault.MISMATCH,
            "controls are shown %s frames, the video has %s or more"
                .formatted(hint.shown_BCFHW.size(2), frames));
      }
    }
  }

  /** These on the device of the controls. */
  public Hints on(ComputeDevice device) {
    return new Hints(each.stream().map(hint -> hint.on(device)).toList());
  }

  /** As entries of what a video is conditioned on: frame f of the video is shown hint f. */
  public Conditioning conditioning() {
    Conditioning all = Conditioning.none();
    for (int i = 0; i < each.size(); i++) {
      all = all.with(Conditioning.hint(i), each.get(i).shown_BCFHW);
      Optional<Tensor> mask = each.get(i).mask_B1FHW;
      if (mask.isPresent()) {
        all = all.with(Conditioning.hintMask(i), mask.get());
      }
    }
    return all;
  }
}
