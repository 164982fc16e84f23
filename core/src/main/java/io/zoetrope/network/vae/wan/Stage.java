package io.zoetrope.network.vae.wan;

import io.zoetrope.torch.Scopes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.Tensor;

/**
 * Layers at one resolution, and what passes beside all of them.
 *
 * @param margin rows of what goes in beyond a row that it depends on, even; {@link #WHOLE} if on
 *     all
 * @param up rows out for each row in
 * @param down rows in for each row out
 * @param features that it holds for a place that goes in, about, at the worst moment
 */
record Stage(
    List<Layer> layers, Optional<Layer> beside, int margin, int up, int down, long features) {
  /** Of a margin: each row depends on all. */
  static final int WHOLE = Integer.MAX_VALUE;

  /** Tensors as wide as a layer that it holds while it is at work. */
  static final int AT_WORK = 8;

  /** And where height and width double. */
  static final int AND_UP = 12;

  Stage {
    layers = List.copyOf(layers);
  }

  /** One that keeps the size. */
  static Stage of(int margin, long width, List<Layer> layers) {
    return new Stage(layers, Optional.empty(), margin, 1, 1, AT_WORK * width);
  }

  /** What becomes of the next frame. */
  List<Tensor> next(Tensor frame_BHWC, Memory memory) {
    List<Tensor> made = List.of(frame_BHWC);
    for (Layer layer : layers) {
      made = through(layer, made, memory, made.contains(frame_BHWC));
    }
    if (beside.isEmpty()) {
      return made;
    }
    List<Tensor> other = beside.get().next(frame_BHWC, memory);
    List<Tensor> sums = new ArrayList<>();
    for (int i = 0; i < made.size(); i++) {
      sums.add(made.get(i).add(other.get(i)));
    }
    return sums;
  }

  private static List<Tensor> through(
      Layer layer, List<Tensor> frames, Memory memory, boolean given) {
    List<Tensor> made = new ArrayList<>();
    for (Tensor frame : frames) {
      made.addAll(Scopes.parts(() -> layer.next(frame, memory)));
      if (!given && !GradMode.is_enabled()) {
        Scopes.free(frame);
      }
    }
    return made;
  }
}
