package io.zoetrope.network.vae.wan;

import io.zoetrope.nn.Conv2d;
import io.zoetrope.nn.FrameConv;
import io.zoetrope.nn.Init;
import io.zoetrope.nn.Parameters;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Scopes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Twice the height and width; of each frame but the first two frames, if time is doubled as well.
 * The convolution over time never sees the first frame: before the second one it has zeros.
 */
record Upsample(Conv2d space, Optional<FrameConv> time) implements Layer {
  private static final int REACH = 3;

  /**
   * @param out features behind it
   * @param time whether it is doubled
   */
  static Upsample of(Parameters p, long in, long out, boolean time) {
    return new Upsample(
        Conv2d.of(p.at("resample").at(1), in, out, 3, 1, Init.fanIn(1)),
        time
            ? Optional.of(FrameConv.of(p.at("time_conv"), in, 2 * in, REACH, Init.fanIn(1)))
            : Optional.empty());
  }

  @Override
  public List<Tensor> next(Tensor frame_BHWC, Memory memory) {
    if (time.isEmpty() || memory.count(this) == 0) {
      return List.of(larger(frame_BHWC));
    }
    Tensor both = memory.shown(this, frame_BHWC, REACH, this::doubled);
    long width = frame_BHWC.size(3);
    return List.of(larger(both.narrow(3, 0, width)), larger(both.narrow(3, width, width)));
  }

  private Tensor doubled(List<Tensor> frames) {
    List<Tensor> taps = new ArrayList<>(frames);
    while (taps.size() < REACH) {
      taps.addFirst(torch.zeros_like(frames.getFirst()));
    }
    return time.orElseThrow().of(taps).to(ScalarType.Float);
  }

  private Tensor larger(Tensor frame_BHWC) {
    return Scopes.part(() -> {
      Tensor x_BCHW = Ops.channelsLast(frame_BHWC.permute(0, 3, 1, 2));
      Tensor large = Ops.nearest(x_BCHW, 2 * x_BCHW.size(2), 2 * x_BCHW.size(3));
      return space.forward(large).to(ScalarType.Float).permute(0, 2, 3, 1);
    });
  }
}
