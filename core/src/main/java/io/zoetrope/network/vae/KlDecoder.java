package io.zoetrope.network.vae;

import io.zoetrope.nn.Conv2d;
import io.zoetrope.nn.GroupNorm;
import io.zoetrope.nn.Init;
import io.zoetrope.nn.Parameters;
import io.zoetrope.torch.Ops;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Latents to pixels: the way up of {@link AutoencoderKL}. */
final class KlDecoder {
  private final LayerChain chain = new LayerChain();

  KlDecoder(KlConfig config, Parameters p) {
    List<Integer> widths = config.widths().reversed();
    int width = widths.getFirst();
    Conv2d in = Conv2d.of(p.at("conv_in"), config.latentChannels(), width, 3, 1, Init.fanIn(1));
    chain.then(x -> in.forward(x).to(ScalarType.Float));
    chain.thenMiddle(config, p.at("mid_block"), width);
    for (int i = 0; i < widths.size(); i++) {
      Parameters stage = p.at("up_blocks").at(i);
      for (int j = 0; j <= config.blocks(); j++) {
        chain.then(KlResnet.of(stage.at("resnets").at(j), config, width, widths.get(i))::forward);
        width = widths.get(i);
      }
      if (i + 1 < widths.size()) {
        Conv2d up =
            Conv2d.of(stage.at("upsamplers").at(0).at("conv"), width, width, 3, 1, Init.fanIn(1));
        chain.then(
            x -> up.forward(Ops.nearest(x, 2 * x.size(2), 2 * x.size(3))).to(ScalarType.Float));
      }
    }
    GroupNorm norm = KlResnet.norm(p.at("conv_norm_out"), config, width);
    Conv2d out = Conv2d.of(p.at("conv_out"), width, 3, 3, 1, Init.fanIn(1));
    chain.then(x -> KlResnet.activate(norm, out, x));
  }

  /**
   * z [N, C, h, w] -> [N, 3, h * factor, w * factor].
   *
   * @param between called before each layer
   */
  Tensor forward(Tensor z, Runnable between) {
    return chain.forward(z, between);
  }
}
