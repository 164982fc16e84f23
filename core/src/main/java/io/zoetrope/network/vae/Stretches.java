package io.zoetrope.network.vae;

import io.zoetrope.progress.Phase;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.bytedeco.pytorch.Tensor;

/**
 * Clips of any length through an autoencoder, in stretches as long as it says ({@link
 * Autoencoder#stretch}); without gradients. A stretch is seen with the latents before it that its
 * frames owe something to. Where clips are causal, the first of these has one frame alone: the last
 * one of its own, as if the clip began there.
 */
public record Stretches(Autoencoder autoencoder) {
  /** A stretch: its first latent, how many it has, and how many before it are seen with it. */
  private record Cut(int from, int count, int before) {}

  public Stretches {
    LatentGrid grid = autoencoder.grid();
    if (grid.causal() && grid.time() > 1 && autoencoder.stretch(1, 1).before() < 1) {
      throw new IllegalArgumentException(
          "stretches of a causal autoencoder are seen with at least one latent before them");
    }
  }

  /**
   * Pixels [B, 3, F, H, W] in [-1, 1] -> latents [B, C, L, h, w]. A clip that does not fill its
   * last latent is filled with its last frame.
   *
   * @throws java.util.concurrent.CancellationException when progress says so
   */
  public Tensor encode(Tensor x_B3FHW, Progress progress) {
    LatentGrid grid = autoencoder.grid();
    return Scopes.noGrad(() ->
        Scopes.tensor(() -> {
          Tensor x = filled(x_B3FHW);
          List<Tensor> parts = new ArrayList<>();
          for (Cut cut : cuts(grid.latents(Math.toIntExact(x.size(2))), x.size(3), x.size(4))) {
            long first = (long) (cut.from - cut.before) * grid.time();
            Tensor part = x.narrow(2, first, grid.frames(cut.before + cut.count));
            Progress told = told(progress, Phase.ENCODE, cut, x.size(0), x.size(2));
            parts.add(
                Scopes.tensor(
                    () -> autoencoder.encode(part, told).narrow(2, cut.before, cut.count)));
          }
          return joined(parts);
        }));
  }

  /**
   * Latents [B, C, L, h, w] -> pixels [B, 3, F, H, W], about [-1, 1]; not clamped.
   *
   * @throws java.util.concurrent.CancellationException when progress says so
   */
  public Tensor decode(Tensor z_BCLHW, Progress progress) {
    return Scopes.noGrad(() ->
        Scopes.tensor(() -> {
          List<Tensor> parts = new ArrayList<>();
          for (Cut cut : cuts(z_BCLHW)) {
            parts.add(Scopes.tensor(() -> decode(z_BCLHW, cut, progress)));
          }
          return joined(parts);
        }));
  }

  /**
   * As {@link #decode(Tensor, Progress)}, each stretch handed over before the next is made; it
   * lives as long as that takes.
   */
  public void decode(Tensor z_BCLHW, Consumer<Tensor> taker, Progress progress) {
    for (Cut cut : cuts(z_BCLHW)) {
      Scopes.run(() ->
          taker.accept(Scopes.noGrad(() -> Scopes.tensor(() -> decode(z_BCLHW, cut, progress)))));
    }
  }

  private Tensor decode(Tensor z_BCLHW, Cut cut, Progress progress) {
    LatentGrid grid = autoencoder.grid();
    long total = grid.frames(Math.toIntExact(z_BCLHW.size(2)));
    Progress told = told(progress, Phase.DECODE, cut, z_BCLHW.size(0), total);
    Tensor seen = z_BCLHW.narrow(2, cut.from - cut.before, cut.before + cut.count);
    Tensor x = autoencoder.decode(seen, told);
    int known = grid.frames(cut.before);
    return x.narrow(2, known, x.size(2) - known);
  }

  /** The clip with its last frame again until its last latent is full; itself if it is. */
  public Tensor filled(Tensor x_BCFHW) {
    int frames = Math.toIntExact(x_BCFHW.size(2));
    int more = autoencoder.grid().whole(frames) - frames;
    if (more == 0) {
      return x_BCFHW;
    }
    long[] shape = Tensors.shape(x_BCFHW);
    shape[2] = more;
    return Tensors.cat(List.of(x_BCFHW, x_BCFHW.narrow(2, frames - 1, 1).expand(shape)), 2);
  }

  private List<Cut> cuts(Tensor z_BCLHW) {
    int space = autoencoder.grid().space();
    return cuts(Math.toIntExact(z_BCLHW.size(2)), z_BCLHW.size(3) * space, z_BCLHW.size(4) * space);
  }

  private List<Cut> cuts(int latents, long height, long width) {
    Autoencoder.Stretch stretch = autoencoder.stretch(height, width);
    List<Cut> cuts = new ArrayList<>();
    for (long from = 0; from < latents; from += stretch.latents()) {
      int first = Math.toIntExact(from);
      int count = Math.min(stretch.latents(), latents - first);
      cuts.add(new Cut(first, count, Math.min(stretch.before(), first)));
    }
    return cuts;
  }

  /** Progress of one stretch, as part of the whole: in frames of all clips. */
  private Progress told(Progress whole, Phase phase, Cut cut, long clips, long frames) {
    LatentGrid grid = autoencoder.grid();
    long before = grid.frames(cut.from);
    long own = grid.frames(cut.from + cut.count) - before;
    long first = before - grid.frames(cut.before);
    return whole
        .map(report -> report.firstFrame(report.firstFrame() + first))
        .part(phase, clips * before, clips * own, clips * frames);
  }

  private static Tensor joined(List<Tensor> parts) {
    return parts.size() == 1 ? parts.getFirst() : Tensors.cat(parts, 2);
  }
}
