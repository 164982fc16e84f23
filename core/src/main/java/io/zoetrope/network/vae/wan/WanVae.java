package io.zoetrope.network.vae.wan;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.vae.Autoencoder;
import io.zoetrope.network.vae.LatentGrid;
import io.zoetrope.network.vae.Posterior;
import io.zoetrope.network.vae.Stretches;
import io.zoetrope.nn.Parameters;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Tensors;
import java.util.List;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;

/**
 * The causal video autoencoder of Wan (Wan Team, 2025, section 4.1), with diffusers' names. The
 * first frame has a latent of its own, the others follow four to a latent; a frame owes nothing to
 * later ones. A latent is {@code (raw mean - latents_mean) / latents_std}.
 *
 * <p>Frames go through one after another ({@link Run}): a clip done as a whole, in pieces, or as a
 * stream is the same, and memory does not grow with its length. Where gradients are recorded the
 * clip is one graph.
 */
public final class WanVae implements Autoencoder {
  /** Pixels of a frame, times latents, that make a stretch. */
  private static final long STRETCH = 1L << 18;

  private static final int MOST = 16;

  /** Bounds of the log variance of a posterior. */
  private static final double LOG_LEAST = -30;

  private static final double LOG_MOST = 20;

  private final WanVaeConfig config;
  private final List<Stage> encoder;
  private final List<Stage> decoder;
  private final long budget;

  WanVae(WanVaeConfig config, Parameters p) {
    this(config, WanStages.encoder(config, p), WanStages.decoder(config, p), WanVaeConfig.BUDGET);
  }

  private WanVae(WanVaeConfig config, List<Stage> encoder, List<Stage> decoder, long budget) {
    this.config = config;
    this.encoder = encoder;
    this.decoder = decoder;
    this.budget = budget;
  }

  /**
   * The same weights with another budget.
   *
   * @param bytes of activations that a frame may take at a resolution; frames that would take more
   *     are done in bands of rows, to the same result
   */
  public WanVae within(long bytes) {
    return new WanVae(config, encoder, decoder, bytes);
  }

  public WanVaeConfig config() {
    return config;
  }

  @Override
  public LatentGrid grid() {
    return config.grid();
  }

  @Override
  public Stretch stretch(long height, long width) {
    return new Stretch((int) Math.clamp(STRETCH / (height * width), 1, MOST), 0);
  }

  @Override
  public Passage encoding(long height, long width) {
    return encoding(this::latents);
  }

  @Override
  public Passage decoding(long height, long width) {
    return decoding(this::raw);
  }

  private WanPassage encoding(UnaryOperator<Tensor> after) {
    return WanPassage.encoding(config, new Run(encoder, budget), after);
  }

  private WanPassage decoding(UnaryOperator<Tensor> before) {
    return WanPassage.decoding(config, new Run(decoder, budget), before);
  }

  @Override
  public Tensor encode(Tensor x_BCFHW) {
    return encode(x_BCFHW, Progress.NONE);
  }

  @Override
  public Tensor encode(Tensor x_BCFHW, Progress progress) {
    return encode(x_BCFHW, this::latents, progress);
  }

  /** Pixels [B, 3, F, H, W] in [-1, 1] -> their posterior, raw: [B, C, L, h, w]. */
  public Posterior posterior(Tensor x_BCFHW) {
    Tensor moments = encode(x_BCFHW, all -> all, Progress.NONE);
    long channels = grid().channels();
    return new Posterior(
        moments.narrow(1, 0, channels),
        Ops.clamp(moments.narrow(1, channels, channels), LOG_LEAST, LOG_MOST));
  }

  private Tensor latents(Tensor moments) {
    return normalised(moments.narrow(1, 0, grid().channels()));
  }

  private Tensor encode(Tensor x_BCFHW, UnaryOperator<Tensor> after, Progress progress) {
    Tensors.requireVideo(x_BCFHW, 3);
    long space = grid().space();
    if (x_BCFHW.size(3) % space != 0 || x_BCFHW.size(4) % space != 0) {
      throw new UserError(
          Fault.INVALID,
          "width and height must be multiples of %s, not %sx%s"
              .formatted(space, x_BCFHW.size(4), x_BCFHW.size(3)));
    }
    try (WanPassage passage = encoding(after)) {
      return passage.through(new Stretches(this).filled(x_BCFHW), progress);
    }
  }

  @Override
  public Tensor decode(Tensor z_BCLHW) {
    return decode(z_BCLHW, Progress.NONE);
  }

  @Override
  public Tensor decode(Tensor z_BCLHW, Progress progress) {
    return decode(z_BCLHW, this::raw, progress);
  }

  /** As {@link #decode(Tensor)} of raw latents. */
  public Tensor decodeRaw(Tensor z_BCLHW) {
    return decode(z_BCLHW, z -> z, Progress.NONE);
  }

  private Tensor decode(Tensor z_BCLHW, UnaryOperator<Tensor> before, Progress progress) {
    Tensors.requireVideo(z_BCLHW, grid().channels());
    try (WanPassage passage = decoding(before)) {
      return passage.through(z_BCLHW, progress);
    }
  }

  /** Latents from raw ones, as {@link #encode} makes them. */
  public Tensor normalised(Tensor raw_BCLHW) {
    return raw_BCLHW
        .sub(perChannel(config.mean(), raw_BCLHW))
        .div(perChannel(config.std(), raw_BCLHW));
  }

  private Tensor raw(Tensor z_BCLHW) {
    return z_BCLHW.mul(perChannel(config.std(), z_BCLHW)).add(perChannel(config.mean(), z_BCLHW));
  }

  private static Tensor perChannel(List<Double> values, Tensor like) {
    float[] numbers = new float[values.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = values.get(i).floatValue();
    }
    return Tensors.beside(like, Tensors.of(numbers, 1, numbers.length, 1, 1, 1));
  }
}
