package io.zoetrope.network.vae;

import io.zoetrope.progress.Phase;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;

/**
 * Clips of any length through an autoencoder, in stretches as long as it says ({@link
 * Autoencoder#stretch}), one after another by a {@link Autoencoder.Passage}; without gradients.
 */
public record Stretches(Autoencoder autoencoder, OptionalInt most) {
  /** A stretch: its first latent, and how many it has. */
  private record Cut(int from, int count) {}

  /**
   * @param most latents that are decoded at once by an autoencoder whose stretches overlap, at
   *     least 1; empty for as many as memory holds
   */
  public Stretches {
    if (most.orElse(1) < 1) {
      throw new IllegalArgumentException("at least 1 latent is decoded at once");
    }
  }

  /** As long as the autoencoder says. */
  public Stretches(Autoencoder autoencoder) {
    this(autoencoder, OptionalInt.empty());
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
          long height = x.size(3);
          long width = x.size(4);
          List<Tensor> parts = new ArrayList<>();
          try (Autoencoder.Passage passage = autoencoder.encoding(height, width)) {
            int latents = grid.latents(Math.toIntExact(x.size(2)));
            for (Cut cut : encoded(latents, height, width)) {
              int first = grid.frames(cut.from);
              Tensor part = x.narrow(2, first, grid.frames(cut.from + cut.count) - first);
              Progress told = told(progress, Phase.ENCODE, cut, x.size(0), x.size(2));
              parts.add(passage.next(part, told));
            }
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
    return Scopes.tensor(() -> {
      List<Tensor> parts = new ArrayList<>();
      decode(z_BCLHW, progress, part -> parts.add(part.get()));
      return joined(parts);
    });
  }

  /**
   * As {@link #decode(Tensor, Progress)} by an autoencoder of one frame to a latent, in other
   * chunks than those that it says.
   */
  public Tensor decode(Tensor z_BCLHW, Autoencoder.Stretch chunks, Progress progress) {
    return Scopes.tensor(() -> {
      List<Tensor> parts = new ArrayList<>();
      new FadedStretches(autoencoder, chunks, z_BCLHW, progress)
          .decode(part -> parts.add(part.get()));
      return joined(parts);
    });
  }

  /** The frames of a clip at which a chunk begins that is not the first. */
  public static List<Integer> borders(int frames, Autoencoder.Stretch chunks) {
    List<Integer> from = FadedStretches.Plan.of(frames, chunks).from();
    return List.copyOf(from.subList(1, from.size()));
  }

  /**
   * As {@link #decode(Tensor, Progress)}, each stretch handed over before the next is made; it
   * lives as long as that takes.
   */
  public void decode(Tensor z_BCLHW, Consumer<Tensor> taker, Progress progress) {
    decode(z_BCLHW, progress, part -> Scopes.run(() -> taker.accept(part.get())));
  }

  private void decode(Tensor z_BCLHW, Progress progress, Consumer<Supplier<Tensor>> taker) {
    LatentGrid grid = autoencoder.grid();
    int latents = Math.toIntExact(z_BCLHW.size(2));
    long height = z_BCLHW.size(3) * grid.space();
    long width = z_BCLHW.size(4) * grid.space();
    Autoencoder.Stretch stretch = autoencoder.stretch(height, width);
    if (stretch.overlap() > 0) {
      new FadedStretches(autoencoder, stretch.atMost(most), z_BCLHW, progress).decode(taker);
      return;
    }
    try (Autoencoder.Passage passage = autoencoder.decoding(height, width)) {
      for (Cut cut : cuts(latents, height, width)) {
        Progress told = told(progress, Phase.DECODE, cut, z_BCLHW.size(0), grid.frames(latents));
        taker.accept(
            () -> Scopes.tensor(() -> passage.next(z_BCLHW.narrow(2, cut.from, cut.count), told)));
      }
    }
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

  private List<Cut> encoded(int latents, long height, long width) {
    return autoencoder.looksAhead() ? List.of(new Cut(0, latents)) : cuts(latents, height, width);
  }

  private List<Cut> cuts(int latents, long height, long width) {
    long most = autoencoder.stretch(height, width).latents();
    List<Cut> cuts = new ArrayList<>();
    for (long from = 0; from < latents; from += most) {
      cuts.add(new Cut(Math.toIntExact(from), (int) Math.min(most, latents - from)));
    }
    return cuts;
  }

  private Progress told(Progress whole, Phase phase, Cut cut, long clips, long frames) {
    LatentGrid grid = autoencoder.grid();
    long before = grid.frames(cut.from);
    return told(whole, phase, before, grid.frames(cut.from + cut.count) - before, clips, frames);
  }

  /** Progress of some frames, as part of the whole: in frames of all clips. */
  static Progress told(
      Progress whole, Phase phase, long before, long own, long clips, long frames) {
    return whole
        .map(report -> report.firstFrame(report.firstFrame() + before))
        .part(phase, clips * before, clips * own, clips * frames);
  }

  private static Tensor joined(List<Tensor> parts) {
    return parts.size() == 1 ? parts.getFirst() : Tensors.cat(parts, 2);
  }
}
