package io.zoetrope.train.objective;

import io.zoetrope.data.ClipDataset;
import io.zoetrope.media.FrameTensors;
import io.zoetrope.media.Video;
import io.zoetrope.network.vae.Autoencoder;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Share;
import io.zoetrope.torch.Tensors;
import io.zoetrope.train.Prefetch;
import io.zoetrope.train.TrainingStep;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;

/**
 * Clips that an autoencoder whose encoder stands still makes again, for all players of a step: the
 * decoder makes them in its turn, and its critic sees in its own what was made there.
 */
final class ClipReconstruction implements AutoCloseable {
  /** Clips of a micro-batch [B, 3, F, H, W] and what was made of them, outside scopes. */
  private record Pair(Tensor given, Tensor made) {
    void free() {
      Scopes.free(given);
      Scopes.free(made);
    }
  }

  private final Autoencoder autoencoder;
  private final Prefetch<List<Video>> clips;
  private final Map<Integer, Pair> pairs = new HashMap<>();

  /**
   * @param batch clips in a micro-batch
   * @param accumulate micro-batches in a step
   * @param share of each micro-batch that is computed here
   */
  ClipReconstruction(
      Autoencoder autoencoder, ClipDataset data, int batch, int accumulate, Share share) {
    this.autoencoder = autoencoder;
    clips =
        new Prefetch<>(
            (step, micro) -> {
              List<Video> built = new ArrayList<>();
              for (int i = 0; i < share.of(batch); i++) {
                long index = ((step * accumulate + micro) * batch + share.row(i)) % data.size();
                built.add(data.get(index).video());
              }
              return built;
            },
            accumulate,
            2,
            unused -> {});
  }

  /** Clips of a micro-batch, [B, 3, F, H, W] in [-1, 1]. */
  Tensor given(long step, int micro) {
    List<Tensor> all = clips.batch(step, micro).stream().map(FrameTensors::toTensor).toList();
    return Tensors.stack(all, 0);
  }

  /**
   * What becomes of them; gradients of the decoder are recorded where they are on.
   *
   * @param noise what is added to their latents
   */
  Tensor made(Tensor given_B3FHW, UnaryOperator<Tensor> noise) {
    Tensor z =
        Scopes.noGrad(() -> Scopes.tensor(() -> noise.apply(autoencoder.encode(given_B3FHW))));
    return autoencoder.decode(z);
  }

  /** Remembers a micro-batch for the critic of the step. */
  void remember(TrainingStep step, Tensor given_B3FHW, Tensor made_B3FHW) {
    Pair pair =
        new Pair(
            Scopes.keep(Scopes.tensor(() -> given_B3FHW.detach().clone())),
            Scopes.keep(Scopes.tensor(() -> made_B3FHW.detach().clone())));
    Pair old = pairs.put(step.micro(), pair);
    if (old != null) {
      old.free();
    }
  }

  /** The clips that were remembered of this step's micro-batch. */
  Tensor rememberedGiven(TrainingStep step) {
    return remembered(step).given;
  }

  /** And what was made of them. */
  Tensor rememberedMade(TrainingStep step) {
    return remembered(step).made;
  }

  private Pair remembered(TrainingStep step) {
    return Objects.requireNonNull(pairs.get(step.micro()), "the decoder has its turn first");
  }

  @Override
  public void close() {
    clips.close();
    pairs.values().forEach(Pair::free);
    pairs.clear();
  }
}
