package io.zoetrope.network.vae.wan;

import io.zoetrope.torch.Scopes;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.Tensor;

/**
 * What layers still need of the frames before: of each the last few that it was given. For one
 * clip, or one band of its rows. Where gradients are recorded frames belong to the scope around,
 * else to this.
 */
final class Memory implements AutoCloseable {
  private final boolean recording = GradMode.is_enabled();
  private final Map<Layer, List<Tensor>> frames = new IdentityHashMap<>();
  private final Map<Layer, Long> counts = new IdentityHashMap<>();

  /**
   * Counts a frame that a layer is given.
   *
   * @return how many it was given before
   */
  long count(Layer layer) {
    return counts.merge(layer, 1L, Long::sum) - 1;
  }

  /**
   * Shows a layer a frame and those before it, and remembers it.
   *
   * @param frame which nobody changes any more
   * @param most how many are shown at once; fewer at first
   * @param body takes them, the earliest first
   */
  Tensor shown(Layer layer, Tensor frame, int most, Function<List<Tensor>, Tensor> body) {
    List<Tensor> held = frames.computeIfAbsent(layer, unused -> new ArrayList<>());
    held.add(recording ? frame : Scopes.keep(frame.detach()));
    Tensor made = body.apply(List.copyOf(held));
    while (held.size() >= most) {
      free(held.removeFirst());
    }
    return made;
  }

  private void free(Tensor frame) {
    if (!recording) {
      Scopes.free(frame);
    }
  }

  @Override
  public void close() {
    frames.values().forEach(held -> held.forEach(this::free));
    frames.clear();
    counts.clear();
  }
}
