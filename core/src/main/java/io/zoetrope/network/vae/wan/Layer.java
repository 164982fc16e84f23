package io.zoetrope.network.vae.wan;

import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** A part of the network that frames pass through one after another. */
interface Layer {
  /**
   * The next frame.
   *
   * @param frame_BHWC is not changed, and not handed on as it is
   * @param memory of the frames before it
   * @return what it becomes: one frame, two where time is doubled, none or one where it is halved
   */
  List<Tensor> next(Tensor frame_BHWC, Memory memory);

  /** One of which each frame becomes one. */
  interface Single extends Layer {
    Tensor forward(Tensor frame_BHWC, Memory memory);

    @Override
    default List<Tensor> next(Tensor frame_BHWC, Memory memory) {
      return List.of(forward(frame_BHWC, memory));
    }
  }
}
