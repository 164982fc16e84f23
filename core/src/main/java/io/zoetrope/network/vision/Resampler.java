package io.zoetrope.network.vision;

import io.zoetrope.nn.Init;
import io.zoetrope.nn.LayerNorm;
import io.zoetrope.nn.Linear;
import io.zoetrope.nn.Parameters;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The plus kind: a few learned queries look at all tokens of the encoder and at themselves, layer
 * by layer (Alayrac et al., "Flamingo", 2022, section 3.1.1).
 *
 * @param reads features of the encoder's tokens
 * @param hidden features of a query
 * @param queries tokens that it makes
 * @param heads of attention, of {@value #HEAD} features each
 * @param depth layers
 * @param wide features inside a feed-forward layer
 * @param width features of a token that it makes
 */
record Resampler(int reads, int hidden, int queries, int heads, int depth, int wide, int width)
    implements PictureProjection {
  /** Features of a head, which files do not say. */
  static final int HEAD = 64;

  static Optional<Resampler> of(Map<String, long[]> shapes) {
    Optional<Integer> hidden = PictureProjection.size(shapes, "latents", 2);
    Optional<Integer> in = PictureProjection.size(shapes, "proj_in.weight", 1);
    int depth = 0;
    while (shapes.containsKey("layers.%s.0.to_q.weight".formatted(depth))) {
      depth++;
    }
    if (hidden.isEmpty() || in.isEmpty() || depth == 0) {
      return Optional.empty();
    }
    return Optional.of(
        new Resampler(
            in.get(),
            hidden.get(),
            PictureProjection.size(shapes, "latents", 1).orElse(1),
            PictureProjection.size(shapes, "layers.0.0.to_q.weight", 0).orElse(HEAD) / HEAD,
            depth,
            PictureProjection.size(shapes, "layers.0.1.1.weight", 0).orElse(4 * hidden.get()),
            PictureProjection.size(shapes, "proj_out.weight", 0).orElse(hidden.get())));
  }

  @Override
  public Source source() {
    return Source.TOKENS;
  }

  @Override
  public Function<Tensor, Tensor> build(Parameters p) {
    Tensor latents_1QD = p.plain("latents", Init.normal(0.02), 1, queries, hidden);
    Linear in = Linear.of(p.at("proj_in"), reads, hidden, Init.xavier());
    List<Layer> layers = new ArrayList<>();
    for (int i = 0; i < depth; i++) {
      layers.add(Layer.of(this, p.at("layers").at(i)));
    }
    Linear out = Linear.of(p.at("proj_out"), hidden, width, Init.xavier());
    LayerNorm norm = LayerNorm.of(p.at("norm_out"), width);
    return x_PMD -> {
      Tensor seen = in.forward(x_PMD).to(ScalarType.Float);
      Tensor x = latents_1QD.expand(x_PMD.size(0), queries, hidden);
      for (Layer layer : layers) {
        x = layer.forward(seen, x);
      }
      return norm.forward(out.forward(x));
    };
  }

  /** Queries look, and think. */
  private record Layer(
      int heads,
      LayerNorm normSeen,
      LayerNorm normOwn,
      Linear toQ,
      Linear toKv,
      Linear toOut,
      LayerNorm norm,
      Linear in,
      Linear out) {
    static Layer of(Resampler r, Parameters p) {
      long inner = (long) r.heads * HEAD;
      Parameters look = p.at(0);
      Parameters think = p.at(1);
      return new Layer(
          r.heads,
          LayerNorm.of(look.at("norm1"), r.hidden),
          LayerNorm.of(look.at("norm2"), r.hidden),
          Linear.withoutBias(look.at("to_q"), r.hidden, inner, Init.xavier()),
          Linear.withoutBias(look.at("to_kv"), r.hidden, 2 * inner, Init.xavier()),
          Linear.withoutBias(look.at("to_out"), inner, r.hidden, Init.xavier()),
          LayerNorm.of(think.at(0), r.hidden),
          Linear.withoutBias(think.at(1), r.hidden, r.wide, Init.xavier()),
          Linear.withoutBias(think.at(3), r.wide, r.hidden, Init.xavier()));
    }

    Tensor forward(Tensor seen_PMD, Tensor x_PQD) {
      Tensor own = normOwn.forward(x_PQD);
      Tensor all = Tensors.cat(List.of(normSeen.forward(seen_PMD), own), 1);
      Tensor kv = toKv.forward(all);
      long inner = kv.size(2) / 2;
      Tensor looked =
          Ops.attention(
              split(toQ.forward(own)),
              split(kv.narrow(2, 0, inner)),
              split(kv.narrow(2, inner, inner)),
              Optional.empty());
      Tensor x = x_PQD.add(toOut.forward(looked.transpose(1, 2).flatten(2, 3)));
      return x.add(out.forward(torch.gelu(in.forward(norm.forward(x)))));
    }

    private Tensor split(Tensor x) {
      return x.to(ScalarType.Float).reshape(x.size(0), x.size(1), heads, HEAD).transpose(1, 2);
    }
  }
}
