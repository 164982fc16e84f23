package io.zoetrope.network.vae;

import static io.zoetrope.torch.Rearrange.rearrange;

import io.zoetrope.nn.GroupNorm;
import io.zoetrope.nn.Init;
import io.zoetrope.nn.Linear;
import io.zoetrope.nn.Parameters;
import io.zoetrope.torch.Ops;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Attention of all places of a frame to each other, one head, beside the identity. */
record KlAttention(GroupNorm norm, Linear toQ, Linear toK, Linear toV, Linear toOut) {
  static KlAttention of(Parameters p, KlConfig config, int width) {
    return new KlAttention(
        KlResnet.norm(p.at("group_norm"), config, width),
        Linear.of(p.at("to_q"), width, width, Init.xavier()),
        Linear.of(p.at("to_k"), width, width, Init.xavier()),
        Linear.of(p.at("to_v"), width, width, Init.xavier()),
        Linear.of(p.at("to_out").at(0), width, width, Init.xavier()));
  }

  /** x [N, C, H, W] -> the same shape, f32. */
  Tensor forward(Tensor x) {
    // Channels lie next to each other in memory: tokens are a view.
    Tensor tokens = rearrange(norm.forward(x), "n c h w -> n (h w) c");
    Tensor y =
        Ops.attention(
                oneHead(toQ.forward(tokens)),
                oneHead(toK.forward(tokens)),
                oneHead(toV.forward(tokens)),
                Optional.empty())
            .squeeze(1);
    Tensor out = toOut.forward(y).to(ScalarType.Float);
    return x.add(rearrange(out, "n (h w) c -> n c h w", "h", x.size(2)));
  }

  private static Tensor oneHead(Tensor tokens_NLC) {
    return tokens_NLC.to(ScalarType.Float).unsqueeze(1);
  }
}
