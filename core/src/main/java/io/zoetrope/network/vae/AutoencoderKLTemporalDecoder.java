package io.zoetrope.network.vae;

import io.zoetrope.error.UserError;
import io.zoetrope.nn.Conv2d;
import io.zoetrope.nn.Parameters;
import io.zoetrope.progress.Phase;
import io.zoetrope.progress.Progress;
import io.zoetrope.progress.Report;
import io.zoetrope.torch.FreeMemory;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;

/**
 * The autoencoder of Stable Video Diffusion (Blattmann et al., 2023, appendix D), with diffusers'
 * names: frames are encoded one by one as {@link AutoencoderKL} does it, and decoded together, with
 * layers over time that take the flicker out. A latent is {@code raw * scaling_factor}.
 *
 * <p>Norms over the whole clip let every frame owe something to every other: a part of a clip
 * decoded alone is not the part of the clip decoded.
 */
public final class AutoencoderKLTemporalDecoder implements Autoencoder {
  /** Bytes of a group of frames between two layers over time: a clip lies beside it. */
  private static final long BUDGET = 1L << 27;

  private final KlTemporalConfig config;
  private final Supplier<OptionalLong> room;
  private final KlFrames frames;
  private final KlEncoding encoding;
  private final KlTemporalDecoder decoder;
  private final Optional<Conv2d> postQuant;

  AutoencoderKLTemporalDecoder(KlTemporalConfig config, Parameters p) {
    this.config = config;
    room = FreeMemory::left;
    KlConfig image = config.image();
    frames = new KlFrames(image, Optional.empty(), BUDGET);
    encoding = KlEncoding.of(frames, p);
    decoder = new KlTemporalDecoder(image, p.at("decoder"));
    postQuant =
        KlEncoding.moments(image.postQuantConv(), p.at("post_quant_conv"), image.latentChannels());
  }

  private AutoencoderKLTemporalDecoder(
      AutoencoderKLTemporalDecoder same, KlFrames frames, Supplier<OptionalLong> room) {
    this.frames = frames;
    this.room = room;
    config = same.config;
    encoding = same.encoding.with(frames);
    decoder = same.decoder;
    postQuant = same.postQuant;
  }

  /**
   * The same weights, used in tiles where a frame is larger than one. Norms are then of a tile's
   * clip.
   */
  public AutoencoderKLTemporalDecoder tiled(Tiling by) {
    return new AutoencoderKLTemporalDecoder(
        this, new KlFrames(frames.config(), Optional.of(by), frames.budget()), room);
  }

  /**
   * The same weights with another budget.
   *
   * @param bytes of activations that a group of frames may take where each is done by itself; 0 for
   *     one frame at a time
   */
  public AutoencoderKLTemporalDecoder within(long bytes) {
    return new AutoencoderKLTemporalDecoder(
        this, new KlFrames(frames.config(), frames.tiling(), bytes), room);
  }

  /** The same weights where so many bytes of memory are left; empty where nobody knows. */
  AutoencoderKLTemporalDecoder where(Supplier<OptionalLong> bytes) {
    return new AutoencoderKLTemporalDecoder(this, frames, bytes);
  }

  public KlTemporalConfig config() {
    return config;
  }

  @Override
  public LatentGrid grid() {
    return config.grid();
  }

  @Override
  public Optional<Scaling> scaling() {
    return Optional.of(encoding.scaling());
  }

  /** As many frames at once as fit into what is left of memory, all of a clip if they do. */
  @Override
  public Stretch stretch(long height, long width) {
    return ChunkRoom.of(room.get())
        .stretch(
            config.group(height, width), config.perFrame(height, width), KlTemporalConfig.LEAST);
  }

  /** Frames are encoded one by one. */
  @Override
  public Passage encoding(long height, long width) {
    return SeenAgain.encoding(this, Stretch.ofPictures(height, width));
  }

  /**
   * Frames [N, 3, H, W] in [-1, 1] -> their posteriors, raw, as {@link AutoencoderKL#posterior}.
   *
   * @throws UserError if frames are smaller than one latent
   */
  public Posterior posterior(Tensor x_NCHW) {
    return encoding.posterior(x_NCHW, Progress.NONE);
  }

  @Override
  public Tensor encode(Tensor x_BCFHW) {
    return encode(x_BCFHW, Progress.NONE);
  }

  @Override
  public Tensor encode(Tensor x_BCFHW, Progress progress) {
    return encoding.encode(x_BCFHW, progress);
  }

  /** Raw latents of one clip [F, C, h, w] -> its frames [F, 3, h * factor, w * factor], f32. */
  public Tensor decodeRaw(Tensor z_FCHW) {
    return decodeRaw(z_FCHW, () -> {});
  }

  private Tensor decodeRaw(Tensor z_FCHW, Runnable between) {
    return Scopes.tensor(() ->
        frames.decode(
            z_FCHW,
            tile -> {
              Tensor z = postQuant.map(conv -> conv.forward(tile)).orElse(tile);
              return decoder.forward(z, frames.budget(), between);
            }));
  }

  /** Raw latents of clips [B, C, F, h, w] -> [B, 3, F, h * factor, w * factor], f32. */
  public Tensor decodeRawClips(Tensor z_BCFHW) {
    return decodeRawClips(z_BCFHW, Progress.NONE);
  }

  /** Clips one after another: each is its own in a batch. */
  private Tensor decodeRawClips(Tensor z_BCFHW, Progress progress) {
    return Scopes.tensor(() -> {
      long length = z_BCFHW.size(2);
      long all = z_BCFHW.size(0) * length;
      List<Tensor> made = new ArrayList<>();
      for (long b = 0; b < z_BCFHW.size(0); b++) {
        long done = b * length;
        Runnable between =
            () -> {
              progress.requireGoing(done, all);
              progress.update(Report.of(Phase.DECODE, done, all));
            };
        Tensor z_FCHW = z_BCFHW.select(0, b).transpose(0, 1);
        made.add(decodeRaw(z_FCHW, between).transpose(0, 1));
        progress.update(Report.of(Phase.DECODE, done + length, all));
      }
      return Tensors.stack(made, 0);
    });
  }

  @Override
  public Tensor decode(Tensor z_BCFHW) {
    return decode(z_BCFHW, Progress.NONE);
  }

  @Override
  public Tensor decode(Tensor z_BCFHW, Progress progress) {
    return Scopes.tensor(() -> decodeRawClips(encoding.raw(z_BCFHW), progress));
  }
}
