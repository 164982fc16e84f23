package io.zoetrope.network.vae;

import io.zoetrope.nn.Conv2d;
import io.zoetrope.nn.GroupNorm;
import io.zoetrope.nn.Init;
import io.zoetrope.nn.Parameters;
import io.zoetrope.torch.Ops;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Pixels to moments: the way down of {@link AutoencoderKL}. */
final class KlEncoder {
  private final LayerChain chain = new LayerChain();

  KlEncoder(KlConfig config, Parameters p) {
    List<Integer> widths = config.widths();
    int width = widths.getFirst();
    Conv2d in = Conv2d.of(p.at("conv_in"), 3, width, 3, 1, Init.fanIn(1));
    chain.then(x -> in.forward(x).to(ScalarType.Float));
    for (int i = 0; i < widths.size(); i++) {
      Parameters stage = p.at("down_blocks").at(i);
      for (int j = 0; j < config.blocks(); j++) {
        chain.then(KlResnet.of(stage.at("resnets").at(j), config, width, widths.get(i))::forward);
        width = widths.get(i);
      }
      if (i + 1 < widths.size()) {
        Conv2d down =
            Conv2d.unpadded(
                stage.at("downsamplers").at(0).at("conv"), width, width, 3, 2, Init.fanIn(1));
        // One row and column of zeros, at the far ends only.
        chain.then(x -> down.forward(Ops.pad(x, 0, 1, 0, 1)).to(ScalarType.Float));
      }
    }
    chain.thenMiddle(config, p.at("mid_block"), width);
    GroupNorm norm = KlResnet.norm(p.at("conv_norm_out"), config, width);
    Conv2d out =
        Conv2d.of(p.at("conv_out"), width, 2L * config.latentChannels(), 3, 1, Init.fanIn(1));
    chain.then(x -> KlResnet.activate(norm, out, x));
  }

  /**
   * x [N, 3, H, W] -> [N, 2 C, H / factor, W / factor], rounded down.
   *
   * @param between called before each layer
   */
  Tensor forward(Tensor x, Runnable between) {
    return chain.forward(x, between);
  }
}
