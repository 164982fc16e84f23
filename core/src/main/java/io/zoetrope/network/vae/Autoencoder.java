package io.zoetrope.network.vae;

import io.zoetrope.progress.Phase;
import io.zoetrope.progress.Progress;
import io.zoetrope.progress.Report;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;

/**
 * Between videos and latents. Latents are normalised: about zero mean and unit variance a channel.
 * Clips may be of any length: what would take too much memory at once is done part by part.
 */
public interface Autoencoder {
  /** How many latents videos become. Their sizes must be multiples of its {@code space}. */
  LatentGrid grid();

  /**
   * x [B, 3, F, H, W] in [-1, 1] -> latents [B, C, L, H / space, W / space], f32: the mean, no
   * draw; L is what {@link LatentGrid#latents} says.
   */
  Tensor encode(Tensor x_BCFHW);

  /** Latents -> [B, 3, F, H, W], f32, about [-1, 1]; not clamped. */
  Tensor decode(Tensor z_BCLHW);

  /**
   * As {@link #encode(Tensor)}; reports frames of all clips as they are done, and stops between
   * those that are done one after another.
   *
   * @throws java.util.concurrent.CancellationException when progress says so
   */
  default Tensor encode(Tensor x_BCFHW, Progress progress) {
    return atOnce(Phase.ENCODE, x_BCFHW, progress, this::encode);
  }

  /** As {@link #decode(Tensor)}, with progress as in {@link #encode(Tensor, Progress)}. */
  default Tensor decode(Tensor z_BCLHW, Progress progress) {
    return atOnce(Phase.DECODE, z_BCLHW, progress, this::decode);
  }

  private static Tensor atOnce(
      Phase phase, Tensor x_BCFHW, Progress progress, UnaryOperator<Tensor> body) {
    long frames = x_BCFHW.size(0) * x_BCFHW.size(2);
    progress.requireGoing(0, frames);
    Tensor made = body.apply(x_BCFHW);
    progress.update(Report.of(phase, frames, frames));
    return made;
  }

  /** How its own latents are normalised, where one number says that. */
  default Optional<Scaling> scaling() {
    return Optional.empty();
  }

  /**
   * Latents are {@code (raw - shift) * factor}.
   *
   * @param factor above 0
   */
  record Scaling(double factor, double shift) {}
}
