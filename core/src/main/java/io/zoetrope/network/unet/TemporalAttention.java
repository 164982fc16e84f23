package io.zoetrope.network.unet;

import io.zoetrope.nn.Attention;
import io.zoetrope.nn.LayerNorm;
import io.zoetrope.nn.Parameters;
import io.zoetrope.nn.RelativeBias;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/** Each place of the picture looks at itself in all frames of its group. */
final class TemporalAttention implements TemporalLayer {
  private final LayerNorm norm;
  private final Attention attention;
  private final RelativeBias bias;
  private final Joint joint;

  TemporalAttention(
      TemporalBlock.RelativeAttention r, boolean headNorm, Parameters p, long width, long heads) {
    norm = LayerNorm.of(p.at("norm"), width);
    Parameters attn = p.at("attn1");
    attention =
        headNorm
            ? Attention.self(attn, width, heads, Joint.last(r.merge()))
            : Attention.plain(attn, width, width, heads, Joint.last(r.merge()));
    bias = RelativeBias.of(p.at("relative_attention_bias"), r.buckets(), r.furthest(), heads);
    joint = Joint.of(r.merge(), p);
  }

  @Override
  public Tensor forward(Tensor x_MCHW, Pass pass) {
    Tensor bias_HdFF = bias.between(pass.times());
    Tensor mask =
        pass.groups_B11FF().isPresent() ? bias_HdFF.add(pass.groups_B11FF().get()) : bias_HdFF;
    Tensor h = attention.overFrames(norm.forward(pass.tokens(x_MCHW)), Optional.of(mask));
    return joint.join(x_MCHW, Pass.image(h, x_MCHW), pass);
  }
}
