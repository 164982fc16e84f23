package io.zoetrope.network.vae;

import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.IntUnaryOperator;
import org.bytedeco.pytorch.Tensor;

/**
 * The passage of an autoencoder that remembers nothing: a piece is seen with the latents before it
 * that its frames owe something to ({@link Autoencoder.Stretch#before}), and what these become is
 * dropped. Where clips are causal, the first of them has one frame alone: the last one of its own,
 * as if the clip began there.
 */
final class SeenAgain implements Autoencoder.Passage {
  private final BiFunction<Tensor, Progress, Tensor> body;
  private final IntUnaryOperator given;
  private final IntUnaryOperator made;
  private final IntUnaryOperator latents;
  private final Autoencoder.Stretch stretch;
  private Optional<Tensor> kept = Optional.empty();
  private boolean begun;

  /**
   * @param given how long so many latents are as they go in
   * @param made and as they come out
   * @param latents how many there are in what goes in
   */
  private SeenAgain(
      Autoencoder autoencoder,
      BiFunction<Tensor, Progress, Tensor> body,
      IntUnaryOperator given,
      IntUnaryOperator made,
      IntUnaryOperator latents,
      Autoencoder.Stretch stretch) {
    LatentGrid grid = autoencoder.grid();
    if (grid.causal() && grid.time() > 1 && stretch.before() < 1) {
      throw new IllegalArgumentException(
          "stretches of a causal autoencoder are seen with at least one latent before them, or it"
              + " has passages of its own");
    }
    this.body = body;
    this.given = given;
    this.made = made;
    this.latents = latents;
    this.stretch = stretch;
  }

  static SeenAgain encoding(Autoencoder autoencoder, Autoencoder.Stretch stretch) {
    LatentGrid grid = autoencoder.grid();
    return new SeenAgain(
        autoencoder, autoencoder::encode, grid::frames, n -> n, grid::latents, stretch);
  }

  static SeenAgain decoding(Autoencoder autoencoder, Autoencoder.Stretch stretch) {
    LatentGrid grid = autoencoder.grid();
    return new SeenAgain(autoencoder, autoencoder::decode, n -> n, grid::frames, n -> n, stretch);
  }

  @Override
  public Tensor next(Tensor piece, Progress progress) {
    if (begun && !stretch.streams()) {
      throw new IllegalStateException("this autoencoder takes clips as a whole");
    }
    begun = true;
    return Scopes.noGrad(() ->
        Scopes.tensor(() -> {
          Tensor seen = kept.map(before -> Tensors.cat(List.of(before, piece), 2)).orElse(piece);
          int known = kept.map(before -> count(before)).orElse(0);
          Tensor all = body.apply(seen, progress);
          keep(seen);
          long drop = made.applyAsInt(known);
          return all.narrow(2, drop, all.size(2) - drop);
        }));
  }

  private int count(Tensor part) {
    return latents.applyAsInt(Math.toIntExact(part.size(2)));
  }

  private void keep(Tensor seen) {
    if (stretch.before() == 0 || !stretch.streams()) {
      return;
    }
    long length = given.applyAsInt(Math.min(stretch.before(), count(seen)));
    Tensor last = Scopes.keep(seen.narrow(2, seen.size(2) - length, length).clone());
    close();
    kept = Optional.of(last);
  }

  @Override
  public void close() {
    kept.ifPresent(Scopes::free);
    kept = Optional.empty();
  }
}
