package io.zoetrope.network.vae.wan;

import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** What passes beside the layers of a resolution without any weights (DC-AE, Chen et al., 2024). */
final class Shortcut {
  private Shortcut() {}

  /**
   * Down: places and frames that become one are folded into channels, and groups of these are
   * averaged. Before the first frame there is one of zeros.
   *
   * @param space places on a side that become one
   * @param time frames that do
   */
  record Averaged(long out, int space, int time) implements Layer {
    @Override
    public List<Tensor> next(Tensor frame_BHWC, Memory memory) {
      if (time == 1) {
        return List.of(averaged(List.of(frame_BHWC)));
      }
      boolean last = memory.count(this) % 2 == 0;
      Tensor made =
          memory.shown(
              this,
              frame_BHWC,
              time,
              frames -> {
                Tensor before =
                    frames.size() == time ? frames.getFirst() : torch.zeros_like(frame_BHWC);
                return last ? averaged(List.of(before, frame_BHWC)) : frame_BHWC;
              });
      return last ? List.of(made) : List.of();
    }

    private Tensor averaged(List<Tensor> frames_BHWC) {
      Tensor x_BTHWC = Tensors.stack(frames_BHWC, 1);
      long b = x_BTHWC.size(0);
      long h = x_BTHWC.size(2) / space;
      long w = x_BTHWC.size(3) / space;
      long c = x_BTHWC.size(4);
      Tensor folded = x_BTHWC.reshape(b, time, h, space, w, space, c).permute(0, 2, 4, 6, 1, 3, 5);
      return Ops.mean(folded.reshape(b, h, w, out, -1), -1);
    }
  }

  /**
   * Up: channels are repeated and unfolded into frames, rows and columns. Of the first frame only
   * the last of its frames is there.
   *
   * @param time frames that one becomes
   */
  record Repeated(long out, int space, int time) implements Layer {
    @Override
    public List<Tensor> next(Tensor frame_BHWC, Memory memory) {
      boolean first = memory.count(this) == 0;
      long b = frame_BHWC.size(0);
      long h = frame_BHWC.size(1);
      long w = frame_BHWC.size(2);
      long c = frame_BHWC.size(3);
      long repeats = out * time * space * space / c;
      Tensor unfolded_TBHWC =
          frame_BHWC
              .unsqueeze(4)
              .expand(b, h, w, c, repeats)
              .reshape(b, h, w, out, time, space, space)
              .permute(4, 0, 1, 5, 2, 6, 3)
              .reshape(time, b, h * space, w * space, out);
      List<Tensor> frames = new ArrayList<>();
      for (long t = first ? time - 1L : 0; t < time; t++) {
        frames.add(unfolded_TBHWC.select(0, t));
      }
      return frames;
    }
  }
}
