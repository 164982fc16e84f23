package io.zoetrope.network.vae;

import static io.zoetrope.torch.Rearrange.rearrange;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.nn.Conv2d;
import io.zoetrope.nn.Init;
import io.zoetrope.nn.Parameters;
import io.zoetrope.progress.Phase;
import io.zoetrope.progress.Progress;
import io.zoetrope.progress.Report;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The autoencoder of latent diffusion (Rombach et al., 2022, section 3.1), frame by frame, with
 * diffusers' names. A latent is {@code (raw - shift_factor) * scaling_factor}.
 *
 * <p>Frames are worked on in as large groups as a budget of memory allows, at least one at a time;
 * each comes out the same whatever its group, up to rounding.
 */
public final class AutoencoderKL implements Autoencoder {
  /** Bytes of activations that a group of frames may take. */
  private static final long BUDGET = 1L << 29;

  private final KlConfig config;
  private final KlEncoder encoder;
  private final KlDecoder decoder;
  private final Optional<Conv2d> quant;
  private final Optional<Conv2d> postQuant;
  private final Optional<Tiling> tiling;
  private final long budget;

  public AutoencoderKL(KlConfig config, Parameters p) {
    this(
        config,
        new KlEncoder(config, p.at("encoder")),
        new KlDecoder(config, p.at("decoder")),
        moments(config.quantConv(), p.at("quant_conv"), 2L * config.latentChannels()),
        moments(config.postQuantConv(), p.at("post_quant_conv"), config.latentChannels()),
        Optional.empty(),
        BUDGET);
  }

  private AutoencoderKL(
      KlConfig config,
      KlEncoder encoder,
      KlDecoder decoder,
      Optional<Conv2d> quant,
      Optional<Conv2d> postQuant,
      Optional<Tiling> tiling,
      long budget) {
    this.config = config;
    this.encoder = encoder;
    this.decoder = decoder;
    this.quant = quant;
    this.postQuant = postQuant;
    this.tiling = tiling;
    this.budget = budget;
  }

  private static Optional<Conv2d> moments(boolean there, Parameters p, long channels) {
    return there
        ? Optional.of(Conv2d.of(p, channels, channels, 1, 1, Init.fanIn(1)))
        : Optional.empty();
  }

  /** The same weights, used in tiles where a frame is larger than one. */
  public AutoencoderKL tiled(Tiling by) {
    return new AutoencoderKL(config, encoder, decoder, quant, postQuant, Optional.of(by), budget);
  }

  /**
   * The same weights with another budget.
   *
   * @param bytes of activations that a group of frames may take; 0 for one frame at a time
   */
  public AutoencoderKL within(long bytes) {
    return new AutoencoderKL(config, encoder, decoder, quant, postQuant, tiling, bytes);
  }

  public KlConfig config() {
    return config;
  }

  @Override
  public LatentGrid grid() {
    return config.grid();
  }

  @Override
  public Optional<Scaling> scaling() {
    return Optional.of(new Scaling(config.scalingFactor(), config.shiftFactor()));
  }

  private int factor() {
    return config.factor();
  }

  /**
   * About how many bytes of activations one frame takes at once, encoded or decoded: three tensors
   * at full resolution, as wide as its widest input there. With tiles, a tile's.
   *
   * @param height of the frame in pixels
   */
  public long bytesPerFrame(long height, long width) {
    long side = tiling.map(t -> (long) t.latents() * factor()).orElse(Long.MAX_VALUE);
    List<Integer> widths = config.widths();
    long channels = Math.max(widths.getFirst(), widths.get(Math.min(1, widths.size() - 1)));
    return 3 * Float.BYTES * channels * Math.min(height, side) * Math.min(width, side);
  }

  /**
   * Frames [N, 3, H, W] in [-1, 1] -> their posteriors, raw: [N, C, H / factor, W / factor] each,
   * rounded down.
   *
   * @throws UserError if frames are smaller than one latent
   */
  public Posterior posterior(Tensor x_NCHW) {
    return posterior(x_NCHW, Progress.NONE);
  }

  private Posterior posterior(Tensor x_NCHW, Progress progress) {
    if (x_NCHW.size(2) < factor() || x_NCHW.size(3) < factor()) {
      throw new UserError(
          Fault.INVALID,
          "frames of %sx%s are too small: this autoencoder takes %s pixels on a side and more"
              .formatted(x_NCHW.size(3), x_NCHW.size(2), factor()));
    }
    Groups groups = new Groups(Phase.ENCODE, x_NCHW.size(2), x_NCHW.size(3), progress);
    Tensor moments = inGroups(x_NCHW, groups, this::moments);
    return Posterior.of(moments, -30, 20);
  }

  private Tensor moments(Tensor x, Runnable between) {
    UnaryOperator<Tensor> body =
        tile -> {
          Tensor h = encoder.forward(tile, between);
          return quant.map(conv -> conv.forward(h)).orElse(h).to(ScalarType.Float);
        };
    return tiling
        .filter(t -> t.cuts(x, factor()))
        .map(t -> t.encode(x, factor(), body))
        .orElseGet(() -> body.apply(x));
  }

  /** Raw latents [N, C, h, w] -> frames [N, 3, h * factor, w * factor], f32. */
  public Tensor decodeRaw(Tensor z_NCHW) {
    return decodeRaw(z_NCHW, Progress.NONE);
  }

  private Tensor decodeRaw(Tensor z_NCHW, Progress progress) {
    long height = z_NCHW.size(2) * factor();
    long width = z_NCHW.size(3) * factor();
    return inGroups(z_NCHW, new Groups(Phase.DECODE, height, width, progress), this::pixels);
  }

  private Tensor pixels(Tensor z, Runnable between) {
    UnaryOperator<Tensor> body =
        tile -> {
          Tensor h = postQuant.map(conv -> conv.forward(tile)).orElse(tile);
          return decoder.forward(h, between).to(ScalarType.Float);
        };
    return tiling
        .filter(t -> t.cuts(z, 1))
        .map(t -> t.decode(z, factor(), body))
        .orElseGet(() -> body.apply(z));
  }

  /** What is done in groups of frames, which have so many pixels on one side or the other. */
  private record Groups(Phase phase, long height, long width, Progress progress) {
    void done(long frames, long of) {
      progress.update(Report.of(phase, frames, of));
    }

    /** Within a group, which may take long: nothing more is done, and it may be stopped. */
    void going(long frames, long of) {
      progress.requireGoing(frames, of);
      done(frames, of);
    }
  }

  private Tensor inGroups(Tensor x_NCHW, Groups groups, BiFunction<Tensor, Runnable, Tensor> body) {
    long many = Math.max(1, budget / bytesPerFrame(groups.height, groups.width));
    long count = x_NCHW.size(0);
    return Scopes.tensor(() -> {
      List<Tensor> parts = new ArrayList<>();
      for (long from = 0; from < count; from += many) {
        long before = from;
        Runnable between = () -> groups.going(before, count);
        Tensor group = x_NCHW.narrow(0, from, Math.min(many, count - from));
        parts.add(Scopes.tensor(() -> body.apply(group, between)));
        groups.done(Math.min(from + many, count), count);
      }
      return parts.size() == 1 ? parts.getFirst() : Tensors.cat(parts, 0);
    });
  }

  @Override
  public Tensor encode(Tensor x_BCFHW) {
    return encode(x_BCFHW, Progress.NONE);
  }

  @Override
  public Tensor encode(Tensor x_BCFHW, Progress progress) {
    Tensors.requireVideo(x_BCFHW, 3);
    return scaled(posterior(frames(x_BCFHW), progress).mean(), x_BCFHW.size(2));
  }

  /**
   * As {@link #encode(Tensor)}, but a draw from the posterior.
   *
   * @param eps_BCFHW standard normal, of the latents' shape
   */
  public Tensor encode(Tensor x_BCFHW, Tensor eps_BCFHW) {
    return scaled(posterior(frames(x_BCFHW)).sample(frames(eps_BCFHW)), x_BCFHW.size(2));
  }

  @Override
  public Tensor decode(Tensor z_BCFHW) {
    return decode(z_BCFHW, Progress.NONE);
  }

  @Override
  public Tensor decode(Tensor z_BCFHW, Progress progress) {
    Tensors.requireVideo(z_BCFHW, grid().channels());
    Tensor raw = Ops.add(Ops.mul(z_BCFHW, 1 / config.scalingFactor()), config.shiftFactor());
    return clip(decodeRaw(frames(raw), progress), z_BCFHW.size(2));
  }

  private Tensor scaled(Tensor raw_NCHW, long frames) {
    return clip(Ops.mul(Ops.add(raw_NCHW, -config.shiftFactor()), config.scalingFactor()), frames);
  }

  private static Tensor frames(Tensor x_BCFHW) {
    return rearrange(x_BCFHW, "b c f h w -> (b f) c h w");
  }

  private static Tensor clip(Tensor x_NCHW, long frames) {
    return rearrange(x_NCHW, "(b f) c h w -> b c f h w", "f", frames);
  }
}
