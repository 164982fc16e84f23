package io.zoetrope.network.wan;

import io.zoetrope.nn.Init;
import io.zoetrope.nn.Linear;
import io.zoetrope.nn.Parameters;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The second row of blocks of VACE (Jiang et al., "VACE: All-in-One Video Creation and Editing",
 * 2025, section 3.3.2): it sees what a video is to be made of, and says something after some blocks
 * of the first row.
 */
final class WanVace {
  private final WanConfig config;
  private final WanConfig.Vace shape;
  private final Linear patches;
  private final Linear in;
  private final List<WanBlock> blocks = new ArrayList<>();
  private final List<Linear> out = new ArrayList<>();

  WanVace(WanConfig config, WanConfig.Vace shape, Parameters p) {
    this.config = config;
    this.shape = shape;
    int width = config.features();
    patches = WanTransformer.patches(p.at("vace_patch_embedding"), shape.channels(), width);
    Parameters row = p.at("vace_blocks");
    in = Linear.of(row.at(0).at("proj_in"), width, width, Init.ZEROS);
    for (int i = 0; i < shape.layers().size(); i++) {
      blocks.add(new WanBlock(config, row.at(i)));
      out.add(Linear.of(row.at(i).at("proj_out"), width, width, Init.ZEROS));
    }
  }

  /**
   * What it says after each of its layers.
   *
   * @param x tokens of the first row [B, F, N, D]
   * @param z_BCFHW all that comes in; what it sees is behind the rest
   */
  List<Tensor> said(Tensor x, Tensor z_BCFHW, WanTransformer.Pass pass) {
    Tensor seen = z_BCFHW.narrow(1, config.channels(), shape.channels());
    Tensor c = patches.forward(WanTransformer.cut(seen)).to(ScalarType.Float);
    c = in.forward(c).to(ScalarType.Float).add(x);
    List<Tensor> said = new ArrayList<>();
    for (int i = 0; i < blocks.size(); i++) {
      c = pass.run(blocks.get(i), c);
      said.add(out.get(i).forward(c).to(ScalarType.Float));
    }
    return said;
  }
}
