package io.zoetrope.network.vae.wan;

import static io.zoetrope.torch.Rearrange.rearrange;

import io.zoetrope.nn.Conv2d;
import io.zoetrope.nn.Init;
import io.zoetrope.nn.Parameters;
import io.zoetrope.torch.Ops;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Attention of all places of a frame to each other, one head, beside the identity. */
record FrameAttention(ChannelNorm norm, Conv2d toQkv, Conv2d proj, long width)
    implements Layer.Single {
  static FrameAttention of(Parameters p, long width) {
    return new FrameAttention(
        ChannelNorm.ofPictures(p.at("norm"), width),
        Conv2d.of(p.at("to_qkv"), width, 3 * width, 1, 1, Init.fanIn(1)),
        Conv2d.of(p.at("proj"), width, width, 1, 1, Init.fanIn(1)),
        width);
  }

  @Override
  public Tensor forward(Tensor frame_BHWC, Memory memory) {
    Tensor qkv = toQkv.forward(norm.forward(frame_BHWC).permute(0, 3, 1, 2)).to(ScalarType.Float);
    Tensor tokens_B1ND = rearrange(qkv, "b c h w -> b (h w) c").unsqueeze(1);
    Tensor y =
        Ops.attention(
            part(tokens_B1ND, 0), part(tokens_B1ND, 1), part(tokens_B1ND, 2), Optional.empty());
    Tensor y_BCHW = rearrange(y.squeeze(1), "b (h w) c -> b c h w", "h", frame_BHWC.size(1));
    return frame_BHWC.add(proj.forward(y_BCHW).to(ScalarType.Float).permute(0, 2, 3, 1));
  }

  private Tensor part(Tensor tokens_B1ND, long index) {
    return tokens_B1ND.narrow(3, index * width, width);
  }
}
