package io.zoetrope.network.vae.tiny;

import io.zoetrope.torch.Scopes;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/** What the steps of a passage remember of frames before: for one clip, or those of one batch. */
final class Held implements AutoCloseable {
  private final Map<Step, Tensor> last = new IdentityHashMap<>();
  private final Map<Step, List<Tensor>> waiting = new IdentityHashMap<>();

  /** The frame that a step was given before; empty at first. */
  Optional<Tensor> last(Step step) {
    return Optional.ofNullable(last.get(step));
  }

  /** Remembers a frame in place of the one before. */
  void remember(Step step, Tensor frame_BCHW) {
    Tensor held = last.get(step);
    if (held == null) {
      last.put(step, Scopes.keep(frame_BCHW.clone()));
    } else {
      held.copy_(frame_BCHW);
    }
  }

  /** Puts a frame behind those that wait at a step, and says how many do. */
  int await(Step step, Tensor frame_BCHW) {
    List<Tensor> frames = waiting.computeIfAbsent(step, unused -> new ArrayList<>());
    frames.add(Scopes.keep(frame_BCHW.clone()));
    return frames.size();
  }

  /** The frames that wait at a step, the earliest first. */
  List<Tensor> waiting(Step step) {
    return List.copyOf(waiting.getOrDefault(step, List.of()));
  }

  /** None of them waits any more. */
  void release(Step step) {
    waiting.getOrDefault(step, new ArrayList<>()).forEach(Scopes::free);
    waiting.remove(step);
  }

  @Override
  public void close() {
    last.values().forEach(Scopes::free);
    last.clear();
    List.copyOf(waiting.keySet()).forEach(this::release);
  }
}
