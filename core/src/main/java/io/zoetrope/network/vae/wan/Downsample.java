package io.zoetrope.network.vae.wan;

import io.zoetrope.nn.Conv2d;
import io.zoetrope.nn.FrameConv;
import io.zoetrope.nn.Init;
import io.zoetrope.nn.Parameters;
import io.zoetrope.torch.Ops;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Half the height and width; if time is halved as well, one frame of each two but the first, which
 * the convolution over time never makes: it passes as it is.
 */
record Downsample(Conv2d space, Optional<FrameConv> time) implements Layer {
  private static final int REACH = 3;

  /**
   * @param time whether it is halved
   */
  static Downsample of(Parameters p, long width, boolean time) {
    return new Downsample(
        Conv2d.unpadded(p.at("resample").at(1), width, width, 3, 2, Init.fanIn(1)),
        time
            ? Optional.of(FrameConv.of(p.at("time_conv"), width, width, REACH, Init.fanIn(1)))
            : Optional.empty());
  }

  @Override
  public List<Tensor> next(Tensor frame_BHWC, Memory memory) {
    // One row and column of zeros, at the far ends only.
    Tensor padded = Ops.pad(frame_BHWC.permute(0, 3, 1, 2), 0, 1, 0, 1);
    Tensor small = space.forward(padded).to(ScalarType.Float).permute(0, 2, 3, 1);
    if (time.isEmpty()) {
      return List.of(small);
    }
    long before = memory.count(this);
    boolean last = before % 2 == 0;
    Tensor made =
        memory.shown(
            this,
            small,
            REACH,
            frames -> last && before > 0 ? time.get().of(frames).to(ScalarType.Float) : small);
    return last ? List.of(made) : List.of();
  }
}
