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
   * Shows a layer a frame and those before it, and remembers it. What is remembered stays where it
   * is and is written over: among what comes and goes it would tear the heap into pieces.
   *
   * @param most how many are shown at once; fewer at first
   * @param body takes them, the earliest first
   */
  Tensor shown(Layer layer, Tensor frame, int most, Function<List<Tensor>, Tensor> body) {
    List<Tensor> held = frames.computeIfAbsent(layer, unused -> new ArrayList<>());
    List<Tensor> all = new ArrayList<>(held);
    all.add(frame);
    Tensor made = body.apply(all);
    Tensor kept = frame;
    if (held.size() == most - 1) {
      Tensor oldest = held.removeFirst();
      kept = recording ? frame : oldest.copy_(frame);
    } else if (!recording) {
      kept = Scopes.keep(frame.clone());
    }
    held.add(kept);
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
