package io.zoetrope.network.vae;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.nn.Conv2d;
import io.zoetrope.nn.Init;
import io.zoetrope.nn.Parameters;
import io.zoetrope.progress.Phase;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Tensors;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Frames to latents, as all of Stable Diffusion's kin do it. */
record KlEncoding(KlFrames frames, KlEncoder encoder, Optional<Conv2d> quant) {
  static KlEncoding of(KlFrames frames, Parameters p) {
    KlConfig config = frames.config();
    return new KlEncoding(
        frames,
        new KlEncoder(config, p.at("encoder")),
        moments(config.quantConv(), p.at("quant_conv"), 2L * config.latentChannels()));
  }

  /** A 1x1 convolution of latents or their moments, where there is one. */
  static Optional<Conv2d> moments(boolean there, Parameters p, long channels) {
    return there
        ? Optional.of(Conv2d.of(p, channels, channels, 1, 1, Init.fanIn(1)))
        : Optional.empty();
  }

  KlEncoding with(KlFrames other) {
    return new KlEncoding(other, encoder, quant);
  }

  private KlConfig config() {
    return frames.config();
  }

  /** See {@link AutoencoderKL#posterior}. */
  Posterior posterior(Tensor x_NCHW, Progress progress) {
    int factor = config().factor();
    if (x_NCHW.size(2) < factor || x_NCHW.size(3) < factor) {
      throw new UserError(
          Fault.INVALID,
          "frames of %sx%s are too small: this autoencoder takes %s pixels on a side and more"
              .formatted(x_NCHW.size(3), x_NCHW.size(2), factor));
    }
    FramesInGroups groups = frames.groups(Phase.ENCODE, x_NCHW.size(2), x_NCHW.size(3), progress);
    return Posterior.of(groups.each(x_NCHW, this::moments), -30, 20);
  }

  private Tensor moments(Tensor x, Runnable between) {
    UnaryOperator<Tensor> body =
        tile -> {
          Tensor h = encoder.forward(tile, between);
          return quant.map(conv -> conv.forward(h)).orElse(h).to(ScalarType.Float);
        };
    return frames.encode(x, body);
  }

  /** x [B, 3, F, H, W] in [-1, 1] -> latents, the mean. */
  Tensor encode(Tensor x_BCFHW, Progress progress) {
    Tensors.requireVideo(x_BCFHW, 3);
    return scaled(posterior(FramesInGroups.frames(x_BCFHW), progress).mean(), x_BCFHW.size(2));
  }

  /** As {@link #encode(Tensor, Progress)}, but a draw from the posterior. */
  Tensor encode(Tensor x_BCFHW, Tensor eps_BCFHW) {
    Posterior posterior = posterior(FramesInGroups.frames(x_BCFHW), Progress.NONE);
    return scaled(posterior.sample(FramesInGroups.frames(eps_BCFHW)), x_BCFHW.size(2));
  }

  private Tensor scaled(Tensor raw_NCHW, long count) {
    return FramesInGroups.clip(
        Ops.mul(Ops.add(raw_NCHW, -config().shiftFactor()), config().scalingFactor()), count);
  }

  /** Latents [B, C, F, h, w] as the decoder has them. */
  Tensor raw(Tensor z_BCFHW) {
    Tensors.requireVideo(z_BCFHW, config().latentChannels());
    return Ops.add(Ops.mul(z_BCFHW, 1 / config().scalingFactor()), config().shiftFactor());
  }

  /** How its latents are normalised. */
  Autoencoder.Scaling scaling() {
    return new Autoencoder.Scaling(config().scalingFactor(), config().shiftFactor());
  }
}
