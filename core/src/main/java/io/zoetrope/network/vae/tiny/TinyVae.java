package io.zoetrope.network.vae.tiny;

import io.zoetrope.network.vae.Autoencoder;
import io.zoetrope.network.vae.LatentGrid;
import io.zoetrope.network.vae.Stretches;
import io.zoetrope.nn.Conv2d;
import io.zoetrope.nn.Init;
import io.zoetrope.nn.Parameters;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * TAEHV (Boer Bohan, "TAEHV: Tiny AutoEncoder for Hunyuan Video", 2025): a small causal network
 * that makes of another autoencoder's normalised latents about the pictures that this would make,
 * and the other way round. {@code taew2_1} and {@code taew2_2} are those of Wan's. Names of weights
 * are those of its files.
 *
 * <p>A block sees its frame and the one before. The first latent gives one frame, being made of
 * four whose first three are dropped; each other gives four. A latent is encoded of frames up to
 * three behind its own, so clips are encoded as a whole; the last frame stands for those behind it.
 * No gradients are recorded.
 */
public final class TinyVae implements Autoencoder {
  /** Pixels of a frame, times latents, that make a stretch. */
  private static final long STRETCH = 1L << 20;

  private static final int MOST = 16;

  private final TinyConfig config;
  private final List<Step> encoder;
  private final List<Step> decoder;

  TinyVae(TinyConfig config, Parameters p) {
    this.config = config;
    encoder = encoder(config, p.at("encoder"));
    decoder = decoder(config, p.at("decoder"));
  }

  private static List<Step> encoder(TinyConfig config, Parameters p) {
    long width = config.width();
    List<Step> steps = new ArrayList<>();
    Conv2d in = Conv2d.of(p.at(0), config.pixels(), width, 3, 1, Init.fanIn(2));
    steps.add(new Step.Each(x -> torch.relu(in.forward(x))));
    for (int level = 0; level < config.pools().size(); level++) {
      int first = TinyConfig.FIRST + TinyConfig.ENCODER_STRIDE * level;
      steps.add(Step.Pool.of(p.at(first - 1), width, config.pools().get(level)));
      steps.add(
          new Step.Each(Conv2d.unbiased(p.at(first), width, width, 3, 2, Init.fanIn(1))::forward));
      for (int block = 1; block <= TinyConfig.BLOCKS; block++) {
        steps.add(Step.Remembering.of(p.at(first + block), width));
      }
    }
    int last = TinyConfig.FIRST - 1 + TinyConfig.ENCODER_STRIDE * config.pools().size();
    steps.add(
        new Step.Each(
            Conv2d.of(p.at(last), width, config.latentChannels(), 3, 1, Init.fanIn(1))::forward));
    return steps;
  }

  private static List<Step> decoder(TinyConfig config, Parameters p) {
    List<Integer> widths = config.widths();
    List<Step> steps = new ArrayList<>();
    Conv2d in = Conv2d.of(p.at(1), config.latentChannels(), widths.getFirst(), 3, 1, Init.fanIn(2));
    steps.add(new Step.Each(z -> torch.relu(in.forward(TinyBlock.soft(z)))));
    for (int level = 0; level < config.grows().size(); level++) {
      int first = TinyConfig.FIRST + TinyConfig.DECODER_STRIDE * level;
      long width = widths.get(level);
      for (int block = 0; block < TinyConfig.BLOCKS; block++) {
        steps.add(Step.Remembering.of(p.at(first + block), width));
      }
      steps.add(Step.larger());
      steps.add(Step.Grow.of(p.at(first + 4), width, config.grows().get(level)));
      Conv2d narrower =
          Conv2d.unbiased(p.at(first + 5), width, widths.get(level + 1), 3, 1, Init.fanIn(1));
      steps.add(new Step.Each(narrower::forward));
    }
    int last = TinyConfig.FIRST + 1 + TinyConfig.DECODER_STRIDE * config.grows().size();
    Conv2d out = Conv2d.of(p.at(last), widths.getLast(), config.pixels(), 3, 1, Init.fanIn(1));
    steps.add(new Step.Each(x -> out.forward(torch.relu(x))));
    return steps;
  }

  public TinyConfig config() {
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
  public boolean looksAhead() {
    return true;
  }

  @Override
  public Stretch stretch(long height, long width) {
    return new Stretch((int) Math.clamp(STRETCH / (height * width), 1, MOST), 0);
  }

  @Override
  public Passage encoding(long height, long width) {
    return TinyPassage.encoding(config, encoder);
  }

  @Override
  public Passage decoding(long height, long width) {
    return TinyPassage.decoding(config, decoder);
  }

  @Override
  public Tensor encode(Tensor x_BCFHW) {
    return encode(x_BCFHW, Progress.NONE);
  }

  @Override
  public Tensor encode(Tensor x_BCFHW, Progress progress) {
    Tensors.requireVideo(x_BCFHW, 3);
    grid().requireWhole(x_BCFHW.size(3), x_BCFHW.size(4));
    try (Passage passage = encoding(x_BCFHW.size(3), x_BCFHW.size(4))) {
      return passage.next(new Stretches(this).filled(x_BCFHW), progress);
    }
  }

  @Override
  public Tensor decode(Tensor z_BCLHW) {
    return decode(z_BCLHW, Progress.NONE);
  }

  @Override
  public Tensor decode(Tensor z_BCLHW, Progress progress) {
    Tensors.requireVideo(z_BCLHW, grid().channels());
    try (Passage passage = decoding(z_BCLHW.size(3), z_BCLHW.size(4))) {
      return passage.next(z_BCLHW, progress);
    }
  }
}
