package io.zoetrope.network.vae;

import io.zoetrope.error.UserError;
import io.zoetrope.nn.Conv2d;
import io.zoetrope.nn.Parameters;
import io.zoetrope.progress.Phase;
import io.zoetrope.progress.Progress;
import java.util.Optional;
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
  static final long BUDGET = 1L << 29;

  private final KlFrames frames;
  private final KlEncoding encoding;
  private final KlDecoder decoder;
  private final Optional<Conv2d> postQuant;

  public AutoencoderKL(KlConfig config, Parameters p) {
    frames = new KlFrames(config, Optional.empty(), BUDGET);
    encoding = KlEncoding.of(frames, p);
    decoder = new KlDecoder(config, p.at("decoder"));
    postQuant =
        KlEncoding.moments(
            config.postQuantConv(), p.at("post_quant_conv"), config.latentChannels());
  }

  private AutoencoderKL(AutoencoderKL same, KlFrames frames) {
    this.frames = frames;
    encoding = same.encoding.with(frames);
    decoder = same.decoder;
    postQuant = same.postQuant;
  }

  /** The same weights, used in tiles where a frame is larger than one. */
  public AutoencoderKL tiled(Tiling by) {
    return new AutoencoderKL(this, new KlFrames(config(), Optional.of(by), frames.budget()));
  }

  /**
   * The same weights with another budget.
   *
   * @param bytes of activations that a group of frames may take; 0 for one frame at a time
   */
  public AutoencoderKL within(long bytes) {
    return new AutoencoderKL(this, new KlFrames(config(), frames.tiling(), bytes));
  }

  public KlConfig config() {
    return frames.config();
  }

  @Override
  public LatentGrid grid() {
    return config().grid();
  }

  @Override
  public Optional<Scaling> scaling() {
    return Optional.of(encoding.scaling());
  }

  /**
   * About how many bytes of activations one frame takes at once, encoded or decoded: three tensors
   * at full resolution, as wide as its widest input there. With tiles, a tile's.
   *
   * @param height of the frame in pixels
   */
  public long bytesPerFrame(long height, long width) {
    return frames.bytesPerFrame(height, width);
  }

  /**
   * Frames [N, 3, H, W] in [-1, 1] -> their posteriors, raw: [N, C, H / factor, W / factor] each,
   * rounded down.
   *
   * @throws UserError if frames are smaller than one latent
   */
  public Posterior posterior(Tensor x_NCHW) {
    return encoding.posterior(x_NCHW, Progress.NONE);
  }

  /** Raw latents [N, C, h, w] -> frames [N, 3, h * factor, w * factor], f32. */
  public Tensor decodeRaw(Tensor z_NCHW) {
    return decodeRaw(z_NCHW, Progress.NONE);
  }

  private Tensor decodeRaw(Tensor z_NCHW, Progress progress) {
    long height = z_NCHW.size(2) * config().factor();
    long width = z_NCHW.size(3) * config().factor();
    return frames.groups(Phase.DECODE, height, width, progress).each(z_NCHW, this::pixels);
  }

  private Tensor pixels(Tensor z, Runnable between) {
    UnaryOperator<Tensor> body =
        tile -> {
          Tensor h = postQuant.map(conv -> conv.forward(tile)).orElse(tile);
          return decoder.forward(h, between).to(ScalarType.Float);
        };
    return frames.decode(z, body);
  }

  @Override
  public Tensor encode(Tensor x_BCFHW) {
    return encode(x_BCFHW, Progress.NONE);
  }

  @Override
  public Tensor encode(Tensor x_BCFHW, Progress progress) {
    return encoding.encode(x_BCFHW, progress);
  }

  /**
   * As {@link #encode(Tensor)}, but a draw from the posterior.
   *
   * @param eps_BCFHW standard normal, of the latents' shape
   */
  public Tensor encode(Tensor x_BCFHW, Tensor eps_BCFHW) {
    return encoding.encode(x_BCFHW, eps_BCFHW);
  }

  @Override
  public Tensor decode(Tensor z_BCFHW) {
    return decode(z_BCFHW, Progress.NONE);
  }

  @Override
  public Tensor decode(Tensor z_BCFHW, Progress progress) {
    Tensor raw_NCHW = FramesInGroups.frames(encoding.raw(z_BCFHW));
    return FramesInGroups.clip(decodeRaw(raw_NCHW, progress), z_BCFHW.size(2));
  }
}
