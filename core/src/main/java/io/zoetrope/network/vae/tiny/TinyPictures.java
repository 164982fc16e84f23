package io.zoetrope.network.vae.tiny;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.vae.Autoencoder;
import io.zoetrope.network.vae.AutoencoderConfig;
import io.zoetrope.network.vae.FramesInGroups;
import io.zoetrope.network.vae.LatentGrid;
import io.zoetrope.network.vae.LayerChain;
import io.zoetrope.nn.Conv2d;
import io.zoetrope.nn.Init;
import io.zoetrope.nn.Parameters;
import io.zoetrope.progress.Phase;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Tensors;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * TAESD (Boer Bohan, "TAESD: Tiny AutoEncoder for Stable Diffusion", 2023), frame by frame: a small
 * network that makes of another autoencoder's normalised latents about the pictures that this would
 * make, and the other way round. Names of weights are those of diffusers' {@code AutoencoderTiny}.
 *
 * <p>Within, pixels are from 0 to 1; what is decoded is not cut off there. It draws nothing: what
 * it encodes is one latent.
 */
public final class TinyPictures implements Autoencoder {
  private static final long RGB = 3;

  private final TinyPicturesConfig config;
  private final Optional<LayerChain> encoder;
  private final LayerChain decoder;

  TinyPictures(TinyPicturesConfig config, Parameters p) {
    this.config = config;
    encoder =
        config
            .encoder()
            .map(half ->
                encoder(
                    half,
                    config.latentChannels(),
                    p.at(TinyPicturesConfig.ENCODER).at(TinyPicturesConfig.LAYERS)));
    decoder =
        decoder(
            config.decoder(),
            config.latentChannels(),
            p.at(TinyPicturesConfig.DECODER).at(TinyPicturesConfig.LAYERS));
  }

  private static LayerChain encoder(TinyPicturesConfig.Half half, long channels, Parameters p) {
    LayerChain chain = new LayerChain();
    long width = half.width();
    Conv2d in = Conv2d.of(p.at(0), RGB, width, 3, 1, Init.fanIn(1));
    chain.then(x -> in.forward(Ops.mul(Ops.add(x, 1), 0.5)));
    int at = blocks(chain, half, 0, p, 1);
    for (int level = 1; level < half.blocks().size(); level++) {
      Conv2d smaller = Conv2d.unbiased(p.at(at), width, width, 3, 2, Init.fanIn(1));
      chain.then(smaller::forward);
      at = blocks(chain, half, level, p, at + 1);
    }
    Conv2d out = Conv2d.of(p.at(at), width, channels, 3, 1, Init.fanIn(1));
    chain.then(x -> out.forward(x).to(ScalarType.Float));
    return chain;
  }

  private static LayerChain decoder(TinyPicturesConfig.Half half, long channels, Parameters p) {
    LayerChain chain = new LayerChain();
    long width = half.width();
    Conv2d in = Conv2d.of(p.at(0), channels, width, 3, 1, Init.fanIn(2));
    chain.then(z -> Ops.reluOver(in.forward(TinyBlock.soft(z))));
    // A layer without weights follows the first, and each change of size is one.
    int at = blocks(chain, half, 0, p, 2);
    for (int level = 1; level < half.blocks().size(); level++) {
      Conv2d larger = Conv2d.unbiased(p.at(at + 1), width, width, 3, 1, Init.fanIn(1));
      chain.then(x -> larger.forward(Ops.nearest(x, 2 * x.size(2), 2 * x.size(3))));
      at = blocks(chain, half, level, p, at + 2);
    }
    Conv2d out = Conv2d.of(p.at(at), width, RGB, 3, 1, Init.fanIn(1));
    chain.then(x -> Ops.add(Ops.mul(out.forward(x).to(ScalarType.Float), 2), -1));
    return chain;
  }

  /**
   * Adds those of a resolution.
   *
   * @param at number of the first
   * @return the number behind the last
   */
  private static int blocks(
      LayerChain chain, TinyPicturesConfig.Half half, int level, Parameters p, int at) {
    int behind = at + half.blocks().get(level);
    for (int i = at; i < behind; i++) {
      TinyBlock block = TinyBlock.of(p.at(i), half.width(), half.width());
      chain.then(x -> block.forward(x, x));
    }
    return behind;
  }

  public TinyPicturesConfig config() {
    return config;
  }

  @Override
  public LatentGrid grid() {
    return config.grid();
  }

  @Override
  public boolean quick() {
    return true;
  }

  @Override
  public Optional<Scaling> scaling() {
    return config.latentScaling();
  }

  @Override
  public Tensor encode(Tensor x_BCFHW) {
    return encode(x_BCFHW, Progress.NONE);
  }

  /**
   * @throws UserError if it is a decoder alone, or a side is no multiple of {@code space}
   */
  @Override
  public Tensor encode(Tensor x_BCFHW, Progress progress) {
    Tensors.requireVideo(x_BCFHW, RGB);
    grid().requireWhole(x_BCFHW.size(3), x_BCFHW.size(4));
    LayerChain chain =
        encoder.orElseThrow(() ->
            new UserError(
                Fault.UNSUPPORTED,
                "the autoencoder is the decoder of TAESD alone, which makes no latents of pictures",
                "put its encoder beside it, called the same with 'encoder' for 'decoder'"));
    return inGroups(Phase.ENCODE, x_BCFHW, x_BCFHW.size(3), x_BCFHW.size(4), progress, chain);
  }

  @Override
  public Tensor decode(Tensor z_BCFHW) {
    return decode(z_BCFHW, Progress.NONE);
  }

  @Override
  public Tensor decode(Tensor z_BCFHW, Progress progress) {
    Tensors.requireVideo(z_BCFHW, config.latentChannels());
    long space = grid().space();
    return inGroups(
        Phase.DECODE, z_BCFHW, space * z_BCFHW.size(3), space * z_BCFHW.size(4), progress, decoder);
  }

  private Tensor inGroups(
      Phase phase, Tensor x_BCFHW, long height, long width, Progress progress, LayerChain chain) {
    FramesInGroups groups =
        FramesInGroups.within(
            AutoencoderConfig.GROUP, config.perFrame(height, width), phase, progress);
    Tensor made =
        groups.each(
            FramesInGroups.frames(x_BCFHW),
            (group, between) -> chain.forward(group.to(ScalarType.Float), between));
    return FramesInGroups.clip(made, x_BCFHW.size(2));
  }
}
