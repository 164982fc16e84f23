package io.zoetrope.network.vision;

import io.zoetrope.nn.Init;
import io.zoetrope.nn.LayerNorm;
import io.zoetrope.nn.Linear;
import io.zoetrope.nn.Parameters;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The plain kind: the embedding of the whole picture becomes a few tokens at once.
 *
 * @param reads features of an embedding
 * @param tokens that it becomes
 * @param width features of a token
 */
record WholePicture(int reads, int tokens, int width) implements PictureProjection {
  static Optional<WholePicture> of(Map<String, long[]> shapes) {
    Optional<Integer> width = PictureProjection.size(shapes, "norm.weight", 0);
    Optional<Integer> all = PictureProjection.size(shapes, "proj.weight", 0);
    return PictureProjection.size(shapes, "proj.weight", 1)
        .filter(in -> width.isPresent() && all.orElse(0) % width.get() == 0)
        .map(in -> new WholePicture(in, all.orElse(0) / width.orElse(1), width.orElse(1)));
  }

  @Override
  public Source source() {
    return Source.EMBEDDING;
  }

  @Override
  public Function<Tensor, Tensor> build(Parameters p) {
    Linear proj = Linear.of(p.at("proj"), reads, (long) tokens * width, Init.xavier());
    LayerNorm norm = LayerNorm.of(p.at("norm"), width);
    return x_PE -> norm.forward(proj.forward(x_PE).to(ScalarType.Float).reshape(-1, tokens, width));
  }
}
