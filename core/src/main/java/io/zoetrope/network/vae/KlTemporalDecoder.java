package io.zoetrope.network.vae;

import io.zoetrope.nn.Conv2d;
import io.zoetrope.nn.FrameConv;
import io.zoetrope.nn.GroupNorm;
import io.zoetrope.nn.Init;
import io.zoetrope.nn.Parameters;
import io.zoetrope.torch.Ops;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Latents of a clip to pixels: the way up of {@link AutoencoderKLTemporalDecoder}. That of {@link
 * KlDecoder}, with a {@link TimeResidual} after each residual block and a convolution over time at
 * the end.
 */
final class KlTemporalDecoder {
  private final ClipChain chain = new ClipChain();
  private final LayerChain last = new LayerChain();
  private final FrameConv time;
  private final long lastPerPlace;
  private final int groups;

  KlTemporalDecoder(KlConfig config, Parameters p) {
    groups = config.groups();
    List<Integer> widths = config.widths().reversed();
    int width = widths.getFirst();
    Conv2d in = Conv2d.of(p.at("conv_in"), config.latentChannels(), width, 3, 1, Init.fanIn(1));
    LayerChain layers = new LayerChain();
    layers.then(x -> in.forward(x).to(ScalarType.Float));
    Parameters middle = p.at("mid_block");
    block(layers, config, middle.at("resnets").at(0), width, width, 1);
    layers = new LayerChain();
    layers.then(KlAttention.of(middle.at("attentions").at(0), config, width)::forward);
    block(layers, config, middle.at("resnets").at(1), width, width, 1);
    for (int i = 0; i < widths.size(); i++) {
      Parameters stage = p.at("up_blocks").at(i);
      layers = new LayerChain();
      if (i > 0) {
        upsample(layers, p.at("up_blocks").at(i - 1), width);
      }
      for (int j = 0; j <= config.blocks(); j++) {
        Parameters block = stage.at("resnets").at(j);
        block(layers, config, block, width, widths.get(i), 1 << i);
        width = widths.get(i);
        layers = new LayerChain();
      }
    }
    GroupNorm norm = KlResnet.norm(p.at("conv_norm_out"), config, width);
    Conv2d out = Conv2d.of(p.at("conv_out"), width, 3, 3, 1, Init.fanIn(1));
    last.then(x -> KlResnet.activate(norm, out, x).to(ScalarType.Float));
    lastPerPlace = perPlace(width, config.factor());
    time = FrameConv.of(p.at("time_conv_out"), 3, 3, 3, Init.DIRAC);
  }

  private static void upsample(LayerChain layers, Parameters stage, int width) {
    Conv2d up =
        Conv2d.of(stage.at("upsamplers").at(0).at("conv"), width, width, 3, 1, Init.fanIn(1));
    layers.then(x -> up.forward(Ops.nearest(x, 2 * x.size(2), 2 * x.size(3))).to(ScalarType.Float));
  }

  private void block(LayerChain layers, KlConfig config, Parameters p, int in, int out, int scale) {
    layers.then(KlResnet.of(p.at("spatial_res_block"), config, in, out)::forward);
    chain.then(
        layers,
        perPlace(Math.max(in, out), scale),
        TimeResidual.of(p.at("temporal_res_block"), p.at("time_mixer"), out, groups));
  }

  /** Three tensors of one frame at a resolution, for each place of its latent. */
  private static long perPlace(long width, long scale) {
    return 3 * Float.BYTES * width * scale * scale;
  }

  /**
   * One clip: z [F, C, h, w] -> [F, 3, h * factor, w * factor], f32.
   *
   * @param budget bytes of activations that a group of frames may take
   * @param between called before each layer
   */
  Tensor forward(Tensor z_FCHW, long budget, Runnable between) {
    Tensor h = chain.forward(z_FCHW, budget, between);
    long many = budget / (lastPerPlace * z_FCHW.size(2) * z_FCHW.size(3));
    Tensor x_FCHW = ClipChain.grouped(last, h, many, between);
    return TimeResidual.overFrames(time, x_FCHW);
  }
}
