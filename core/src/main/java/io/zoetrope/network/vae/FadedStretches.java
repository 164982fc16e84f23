package io.zoetrope.network.vae;

import io.zoetrope.progress.Phase;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;

/**
 * Decodes a clip in stretches of equal length that overlap, each fading into the next, where a
 * frame owes something to all that are decoded with it; without gradients. A frame to a latent.
 *
 * @param stretch how long they are at most, and by how much they overlap at least
 */
record FadedStretches(
    Autoencoder autoencoder, Autoencoder.Stretch stretch, Tensor z_BCFHW, Progress progress) {
  /**
   * Where stretches begin: as few as there can be, evenly.
   *
   * @param from the first frame of each
   * @param length of each
   */
  record Plan(List<Integer> from, int length) {
    static Plan of(int frames, Autoencoder.Stretch stretch) {
      int overlap = stretch.overlap();
      int count =
          frames <= stretch.latents()
              ? 1
              : Math.ceilDiv(frames - overlap, stretch.latents() - overlap);
      int length = Math.ceilDiv(frames + (count - 1) * overlap, count);
      List<Integer> from = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        from.add(count == 1 ? 0 : (int) ((long) i * (frames - length) / (count - 1)));
      }
      return new Plan(from, length);
    }

    /** Where the frames of the n-th stretch end that the next one knows nothing of. */
    private int end(int n, int frames) {
      return n + 1 < from.size() ? from.get(n + 1) : frames;
    }
  }

  /**
   * @param taker of the parts of the video in their order, each of frames that are finished
   */
  void decode(Consumer<Supplier<Tensor>> taker) {
    int frames = Math.toIntExact(z_BCFHW.size(2));
    Plan plan = Plan.of(frames, stretch);
    say(plan, frames);
    Optional<Tensor> tail = Optional.empty();
    try {
      for (int n = 0; n < plan.from.size(); n++) {
        int from = plan.from.get(n);
        int own = plan.end(n, frames) - from;
        Tensor faded = faded(from, plan.length, own, tail);
        tail.ifPresent(Scopes::free);
        tail = Optional.of(faded);
        long left = faded.size(2) - own;
        taker.accept(() -> faded.narrow(2, 0, own));
        tail =
            left == 0
                ? Optional.empty()
                : Optional.of(Scopes.keep(Scopes.tensor(() -> faded.narrow(2, own, left).clone())));
        Scopes.free(faded);
      }
    } finally {
      tail.ifPresent(Scopes::free);
    }
  }

  /** A stretch whose first frames fade in over the last ones of the stretch before. */
  private Tensor faded(int from, int length, int own, Optional<Tensor> tail) {
    Progress told =
        Stretches.told(progress, Phase.DECODE, from, own, z_BCFHW.size(0), z_BCFHW.size(2));
    Tensor made =
        Scopes.noGrad(() ->
            Scopes.tensor(() -> {
              Tensor fresh = autoencoder.decode(z_BCFHW.narrow(2, from, length), told);
              return tail.map(old -> fade(old, fresh)).orElse(fresh);
            }));
    return Scopes.keep(made);
  }

  private static Tensor fade(Tensor old, Tensor fresh) {
    long count = old.size(2);
    float[] weights = new float[(int) count];
    for (int i = 0; i < count; i++) {
      weights[i] = (i + 1f) / (count + 1f);
    }
    Tensor in = Tensors.beside(fresh, Tensors.of(weights, 1, 1, count, 1, 1));
    Tensor mixed = old.add(fresh.narrow(2, 0, count).sub(old).mul(in));
    return Tensors.cat(List.of(mixed, fresh.narrow(2, count, fresh.size(2) - count)), 2);
  }

  private void say(Plan plan, int frames) {
    int count = plan.from.size();
    if (count > 1) {
      progress.note(
          "decoded in %s chunks of %s frames that fade into each other over %s, not all %s at once"
              .formatted(count, plan.length, plan.length - plan.from.get(1), frames));
    }
  }
}
