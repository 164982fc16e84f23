package io.zoetrope.network.vae.wan;

import io.zoetrope.nn.Parameters;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The stages of encoder and decoder, under the names of diffusers' {@code AutoencoderKLWan}. */
final class WanStages {
  /** Rows that one convolution reaches beyond its own, made even. */
  private static final int ONE = 2;

  private WanStages() {}

  /** Pixels, folded into channels, to moments: 2 C channels, mean and log variance. */
  static List<Stage> encoder(WanVaeConfig config, Parameters root) {
    Parameters p = root.at("encoder");
    List<Integer> widths = config.widths(config.baseDim());
    int width = widths.getFirst();
    int levels = widths.size();
    List<Stage> stages = new ArrayList<>();
    stages.add(
        Stage.of(ONE, width, List.of(Convolution.of(p.at("conv_in"), config.inChannels(), width))));
    int index = 0;
    for (int level = 0; level < levels; level++) {
      int out = widths.get(level);
      boolean last = level + 1 == levels;
      boolean time = !last && config.halvesTime().get(level);
      Parameters own = p.at("down_blocks").at(level);
      List<Layer> layers = new ArrayList<>();
      for (int block = 0; block < config.blocks(); block++) {
        Parameters at =
            config.residual() ? own.at("resnets").at(block) : p.at("down_blocks").at(index++);
        layers.add(ResidualBlock.of(at, block == 0 ? width : out, out));
      }
      Optional<Layer> beside =
          config.residual()
              ? Optional.of(new Shortcut.Averaged(out, last ? 1 : 2, time ? 2 : 1))
              : Optional.empty();
      int margin = 2 * config.blocks() + ONE;
      if (last) {
        stages.add(new Stage(layers, beside, margin, 1, 1, Stage.AT_WORK * (long) out));
      } else {
        Parameters at = config.residual() ? own.at("downsampler") : p.at("down_blocks").at(index++);
        layers.add(Downsample.of(at, out, time));
        stages.add(new Stage(layers, beside, margin, 1, 2, Stage.AT_WORK * (long) out));
      }
      width = out;
    }
    long moments = 2L * config.latentChannels();
    List<Layer> end = middle(p.at("mid_block"), width);
    end.add(Activated.of(p.at("norm_out"), p.at("conv_out"), width, moments));
    end.add(Product.of(root.at("quant_conv"), moments, moments));
    stages.add(Stage.of(Stage.WHOLE, width, end));
    return List.copyOf(stages);
  }

  /** Raw latents to pixels, folded into channels. */
  static List<Stage> decoder(WanVaeConfig config, Parameters root) {
    Parameters p = root.at("decoder");
    List<Integer> widths = config.widths(config.decoderBaseDim()).reversed();
    List<Boolean> doublesTime = config.halvesTime().reversed();
    long channels = config.latentChannels();
    int width = widths.getFirst();
    List<Layer> begin = new ArrayList<>();
    begin.add(Product.of(root.at("post_quant_conv"), channels, channels));
    begin.add(Convolution.of(p.at("conv_in"), channels, width));
    begin.addAll(middle(p.at("mid_block"), width));
    List<Stage> stages = new ArrayList<>();
    stages.add(Stage.of(Stage.WHOLE, width, begin));
    for (int level = 0; level < widths.size(); level++) {
      int out = widths.get(level);
      boolean last = level + 1 == widths.size();
      Parameters own = p.at("up_blocks").at(level);
      List<Layer> layers = new ArrayList<>();
      for (int block = 0; block <= config.blocks(); block++) {
        layers.add(ResidualBlock.of(own.at("resnets").at(block), block == 0 ? width : out, out));
      }
      int margin = 2 * config.blocks() + 2 + ONE;
      int widest = Math.max(width, out);
      width = out;
      if (last) {
        stages.add(
            new Stage(layers, Optional.empty(), margin, 1, 1, Stage.AT_WORK * (long) widest));
        continue;
      }
      boolean time = doublesTime.get(level);
      Parameters at = config.residual() ? own.at("upsampler") : own.at("upsamplers").at(0);
      width = config.residual() ? out : out / 2;
      layers.add(Upsample.of(at, out, width, time));
      Optional<Layer> beside =
          config.residual()
              ? Optional.of(new Shortcut.Repeated(out, 2, time ? 2 : 1))
              : Optional.empty();
      stages.add(new Stage(layers, beside, margin, 2, 1, Stage.AND_UP * (long) widest));
    }
    stages.add(
        Stage.of(
            ONE,
            width,
            List.of(
                Activated.of(p.at("norm_out"), p.at("conv_out"), width, config.outChannels()))));
    return List.copyOf(stages);
  }

  private static List<Layer> middle(Parameters p, long width) {
    List<Layer> layers = new ArrayList<>();
    layers.add(ResidualBlock.of(p.at("resnets").at(0), width, width));
    layers.add(FrameAttention.of(p.at("attentions").at(0), width));
    layers.add(ResidualBlock.of(p.at("resnets").at(1), width, width));
    return layers;
  }
}
