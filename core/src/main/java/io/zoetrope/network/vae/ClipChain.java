package io.zoetrope.network.vae;

import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Scopes;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.Tensor;

/**
 * Layers of a clip, of which some do each frame by itself and others all together. Without
 * gradients the former are run in groups of frames from one of the latter to the next, so that of
 * what lies between little more is held than the clip before and behind.
 */
final class ClipChain {
  /**
   * @param frames layers of each frame, in turn
   * @param perPlace bytes that a frame takes meanwhile for each place of the latent
   * @param after of the whole clip, after them
   */
  private record Step(LayerChain frames, long perPlace, TimeResidual after) {}

  private final List<Step> steps = new ArrayList<>();

  void then(LayerChain frames, long perPlace, TimeResidual after) {
    steps.add(new Step(frames, perPlace, after));
  }

  /**
   * One clip.
   *
   * @param budget bytes of activations that a group of frames may take
   * @param between called before each layer
   * @return of its own memory, channels next to each other
   */
  Tensor forward(Tensor z_FCHW, long budget, Runnable between) {
    long places = z_FCHW.size(2) * z_FCHW.size(3);
    return Scopes.tensor(() -> {
      Tensor h = z_FCHW;
      for (Step step : steps) {
        Tensor before = h;
        long many = GradMode.is_enabled() ? h.size(0) : budget / (step.perPlace * places);
        Tensor made = Scopes.tensor(() -> grouped(step.frames, before, many, between));
        between.run();
        h = step.after.forward(made);
        for (Tensor old : List.of(before, made)) {
          if (old != z_FCHW && old != h) {
            Scopes.free(old);
          }
        }
      }
      return h;
    });
  }

  /** Each frame by itself, as many at once as is said, at least one. */
  static Tensor grouped(LayerChain layers, Tensor x_FCHW, long many, Runnable between) {
    long count = x_FCHW.size(0);
    long most = Math.clamp(many, 1, count);
    Tensor first = Scopes.tensor(() -> layers.forward(x_FCHW.narrow(0, 0, most), between));
    if (most == count) {
      return Ops.channelsLast(first);
    }
    Tensor all =
        first.new_empty(count, first.size(2), first.size(3), first.size(1)).permute(0, 3, 1, 2);
    all.narrow(0, 0, most).copy_(first);
    Scopes.free(first);
    for (long from = most; from < count; from += most) {
      long at = from;
      long size = Math.min(most, count - from);
      Scopes.run(
          () -> all.narrow(0, at, size).copy_(layers.forward(x_FCHW.narrow(0, at, size), between)));
    }
    return all;
  }
}
