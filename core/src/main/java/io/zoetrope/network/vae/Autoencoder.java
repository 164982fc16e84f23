package io.zoetrope.network.vae;

import io.zoetrope.progress.Phase;
import io.zoetrope.progress.Progress;
import io.zoetrope.progress.Report;
import io.zoetrope.progress.WithinStep;
import io.zoetrope.torch.ComputeDevice;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;

/**
 * Between videos and latents. Latents are normalised: about zero mean and unit variance a channel.
 * Long clips are done in stretches ({@link #stretch}, {@link Stretches}).
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
    return atOnce(Phase.ENCODE, x_BCFHW, x_BCFHW.size(2), progress, this::encode);
  }

  /** As {@link #decode(Tensor)}, with progress as in {@link #encode(Tensor, Progress)}. */
  default Tensor decode(Tensor z_BCLHW, Progress progress) {
    int frames = grid().frames(Math.toIntExact(z_BCLHW.size(2)));
    return atOnce(Phase.DECODE, z_BCLHW, frames, progress, this::decode);
  }

  private static Tensor atOnce(
      Phase phase, Tensor given, long frames, Progress progress, UnaryOperator<Tensor> body) {
    long all = given.size(0) * frames;
    progress.requireGoing(0, all);
    Tensor made = WithinStep.run(progress, 0, all, () -> body.apply(given));
    progress.update(Report.of(phase, all, all));
    return made;
  }

  /** Whether decoding costs so little beside a step that what is sampled may be shown by it. */
  default boolean quick() {
    return false;
  }

  /** Whether latents are something else than pixels. */
  default boolean encodes() {
    return true;
  }

  /**
   * In which stretches clips are done that are longer than it takes at once. One that does frame by
   * frame is cut anywhere, and so is one that has passages of its own ({@link #decoding}); another
   * one that mixes frames says what a stretch has to see, and unless it does is never cut.
   *
   * @param height of frames in pixels
   * @param width likewise
   */
  default Stretch stretch(long height, long width) {
    LatentGrid grid = grid();
    return grid.time() == 1 && !grid.causal() ? Stretch.ofPictures(height, width) : Stretch.WHOLE;
  }

  /**
   * Whether a latent owes something to frames behind its own: then clips are encoded as a whole,
   * and {@link #encoding} takes one piece.
   */
  default boolean looksAhead() {
    return false;
  }

  /**
   * Begins to encode a clip that is handed over piece by piece: the first piece has the frames of
   * one or more latents ({@link LatentGrid#frames}), each other one whole latents of {@link
   * LatentGrid#time} frames. What comes out piece by piece is the clip encoded as a whole, up to
   * rounding.
   *
   * @param height of frames in pixels
   * @param width likewise
   */
  default Passage encoding(long height, long width) {
    return SeenAgain.encoding(this, stretch(height, width));
  }

  /** Begins to decode a clip that is handed over latent by latent, or several at a time. */
  default Passage decoding(long height, long width) {
    return SeenAgain.decoding(this, stretch(height, width));
  }

  /**
   * This, which lies on a device, for those whose tensors may lie on others: what it makes comes
   * back to where that was of which it is made.
   */
  default Autoencoder on(ComputeDevice device) {
    return new PlacedAutoencoder(this, device);
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

  /**
   * A clip on its way through, piece by piece, without gradients; holds what later pieces owe to
   * earlier ones. A passage belongs to one clip, or to the clips of one batch.
   */
  interface Passage extends AutoCloseable {
    /**
     * The next piece.
     *
     * @param piece pixels [B, 3, F, H, W], or latents [B, C, L, h, w]
     * @param progress is told of its frames
     * @return what it becomes; belongs to the scope around
     * @throws java.util.concurrent.CancellationException when progress says so
     */
    Tensor next(Tensor piece, Progress progress);

    /** Frees what is held. */
    @Override
    void close();
  }

  /**
   * How much of a long clip an autoencoder does at once; the rest follows stretch by stretch
   * ({@link Stretches}).
   *
   * @param latents at once, at least 1
   * @param before latents in front of a stretch that are seen with it and then dropped, for what
   *     its frames owe to those before them; 0 where every frame is done by itself, or a {@link
   *     Passage} remembers what it has to
   * @param overlap latents that a stretch has in common with the next when they are decoded, over
   *     which one fades into the other: more than 0 where each frame owes something to all that are
   *     decoded with it, so that a stretch is never quite what it is in the whole
   */
  record Stretch(int latents, int before, int overlap) {
    /** Pixels of frames that are done at once, unless one has more. */
    static final long PIXELS = 64 * 128 * 128;

    private static final int MOST = 64;

    /** Clips are never cut: what a frame owes to others has no end. */
    public static final Stretch WHOLE = new Stretch(Integer.MAX_VALUE, Integer.MAX_VALUE);

    public Stretch {
      if (latents < 1 || before < 0 || overlap < 0 || overlap >= latents) {
        throw new IllegalArgumentException(
            "a stretch has at least 1 latent, none before it, and shares fewer than it has, not %s, %s and %s"
                .formatted(latents, before, overlap));
      }
    }

    /** One that shares nothing with the next. */
    public Stretch(int latents, int before) {
      this(latents, before, 0);
    }

    /**
     * Frames that owe each other nothing, of so many pixels: few enough that memory does not grow
     * with the clip, and that a stretch is over in a second or two.
     */
    public static Stretch ofPictures(long height, long width) {
      return new Stretch((int) Math.clamp(PIXELS / (height * width), 1, MOST), 0);
    }

    /** This of no more latents, which then share fewer. */
    Stretch atMost(OptionalInt most) {
      int fewer = Math.min(latents, most.orElse(latents));
      return new Stretch(fewer, before, Math.min(overlap, fewer / 2));
    }

    /** Whether a clip may come piece by piece, each shown before the next is there. */
    public boolean streams() {
      return before < Integer.MAX_VALUE && overlap == 0;
    }
  }
}
