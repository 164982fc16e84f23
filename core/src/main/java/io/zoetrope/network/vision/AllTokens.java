package io.zoetrope.network.vision;

import io.zoetrope.nn.Init;
import io.zoetrope.nn.LayerNorm;
import io.zoetrope.nn.Linear;
import io.zoetrope.nn.Parameters;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The full-face kind: each token of the encoder becomes one.
 *
 * @param reads features of the encoder's tokens
 * @param hidden features between
 * @param width features of a token
 */
record AllTokens(int reads, int hidden, int width) implements PictureProjection {
  static Optional<AllTokens> of(Map<String, long[]> shapes) {
    return PictureProjection.has(shapes, "proj.0.weight", "proj.2.weight", "proj.3.weight")
        ? PictureProjection.size(shapes, "proj.0.weight", 1)
            .map(in ->
                new AllTokens(
                    in,
                    PictureProjection.size(shapes, "proj.0.weight", 0).orElse(in),
                    PictureProjection.size(shapes, "proj.3.weight", 0).orElse(in)))
        : Optional.empty();
  }

  @Override
  public Source source() {
    return Source.TOKENS;
  }

  @Override
  public Function<Tensor, Tensor> build(Parameters p) {
    Parameters proj = p.at("proj");
    Linear in = Linear.of(proj.at(0), reads, hidden, Init.xavier());
    Linear out = Linear.of(proj.at(2), hidden, width, Init.xavier());
    LayerNorm norm = LayerNorm.of(proj.at(3), width);
    return x_PMD -> norm.forward(out.forward(torch.gelu(in.forward(x_PMD))));
  }
}
