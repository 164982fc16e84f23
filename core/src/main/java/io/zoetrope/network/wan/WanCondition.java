package io.zoetrope.network.wan;

import static io.zoetrope.torch.Rearrange.rearrange;

import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.nn.Init;
import io.zoetrope.nn.LayerNorm;
import io.zoetrope.nn.LevelEmbedding;
import io.zoetrope.nn.Linear;
import io.zoetrope.nn.Parameters;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Tensors;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** What a {@link WanTransformer} is told: levels, frames per second, texts and pictures. */
final class WanCondition {
  private final WanConfig config;
  private final LevelEmbedding levels;
  private final Linear modulate;
  private final Linear textIn;
  private final Linear textOut;
  private final Optional<Pictures> pictures;
  private final Optional<Rates> rates;

  WanCondition(WanConfig config, Parameters root) {
    this.config = config;
    long width = config.features();
    Parameters p = root.at("condition_embedder");
    levels = LevelEmbedding.of(p.at("time_embedder"), config.frequencies(), width);
    modulate = Linear.of(p.at("time_proj"), width, WanBlock.ROWS * width, Init.normal(0.02));
    Parameters text = p.at("text_embedder");
    textIn = Linear.of(text.at("linear_1"), config.textWidth(), width, Init.xavier());
    textOut = Linear.of(text.at("linear_2"), width, width, Init.xavier());
    pictures = config.pictures().map(seen -> Pictures.of(p.at("image_embedder"), seen, width));
    rates = config.rate() ? Optional.of(Rates.of(root, width)) : Optional.empty();
  }

  /** What is said of each frame's level: to the last layer, and to the blocks. */
  record Levels(Tensor e_BFD, Tensor modulation_BFRD) {}

  Levels levels(Tensor t_BF, Conditioning conditioning) {
    Tensor e_BFD = levels.forward(t_BF).to(ScalarType.Float);
    Tensor all = modulate.forward(torch.silu(e_BFD)).to(ScalarType.Float);
    if (rates.isPresent()) {
      all = all.add(rates.get().of(conditioning, t_BF));
    }
    return new Levels(e_BFD, rearrange(all, "b f (r d) -> b f r d", "r", WanBlock.ROWS));
  }

  /** Tokens of texts, [M, N, T] -> [M, N, D]. */
  Tensor text(Tensor tokens_MND) {
    return textOut.forward(Ops.geluTanh(textIn.forward(tokens_MND)));
  }

  /** Tokens of pictures, [M, N, P] -> [M, N, D]. */
  Tensor pictures(Tensor tokens_MND) {
    return pictures
        .orElseThrow(() -> new IllegalArgumentException("a network that sees no pictures"))
        .forward(tokens_MND, config);
  }

  /**
   * How pictures enter.
   *
   * @param places_1NP added to their tokens; empty where none are told their place
   */
  private record Pictures(
      Optional<Tensor> places_1NP, LayerNorm before, Linear in, Linear out, LayerNorm after) {
    static Pictures of(Parameters p, WanConfig.Pictures seen, long width) {
      Parameters forward = p.at("ff").at("net");
      return new Pictures(
          seen.places() == 0
              ? Optional.empty()
              : Optional.of(p.plain("pos_embed", Init.ZEROS, 1, seen.places(), seen.width())),
          LayerNorm.of(p.at("norm1"), seen.width()),
          Linear.of(forward.at(0).at("proj"), seen.width(), seen.width(), Init.xavier()),
          Linear.of(forward.at(2), seen.width(), width, Init.xavier()),
          LayerNorm.of(p.at("norm2"), width));
    }

    Tensor forward(Tensor tokens, WanConfig config) {
      Tensor x = tokens.to(ScalarType.Float);
      if (places_1NP.isPresent()) {
        int places = config.pictures().orElseThrow().places();
        if (x.size(1) != places) {
          throw new UserError(
              Fault.MISMATCH,
              "this transformer looks at pictures of %s tokens in all, not of %s"
                  .formatted(places, x.size(1)),
              "show it a first and a last picture");
        }
        x = x.add(places_1NP.get());
      }
      return after.forward(out.forward(torch.gelu(in.forward(before.forward(x)))));
    }
  }

  /**
   * What frames per second it is: 16, or more.
   *
   * @param table_2D of both
   */
  private record Rates(Tensor table_2D, Linear in, Linear out) {
    private static final double SLOW = 16;

    static Rates of(Parameters p, long width) {
      Parameters forward = p.at("fps_projection").at("net");
      return new Rates(
          p.at("fps_embedding").table("weight", Init.normal(1), 2, width),
          Linear.of(forward.at(0).at("proj"), width, width, Init.xavier()),
          Linear.of(forward.at(2), width, WanBlock.ROWS * width, Init.ZEROS));
    }

    /** [B, 1, R * D]; of what nobody says the rate of it has 24 frames a second. */
    Tensor of(Conditioning conditioning, Tensor t_BF) {
      float[] rates =
          conditioning
              .get(Conditioning.RATE)
              .map(Tensors::toFloats)
              .orElseGet(() -> new float[(int) t_BF.size(0)]);
      long[] rows = new long[rates.length];
      for (int i = 0; i < rows.length; i++) {
        rows[i] = rates[i] == SLOW ? 0 : 1;
      }
      Tensor index = Tensors.beside(table_2D, Tensors.of(rows, rows.length));
      Tensor told = table_2D.index_select(0, index).to(ScalarType.Float);
      Tensor y = out.forward(torch.silu(in.forward(told))).to(ScalarType.Float);
      return y.unsqueeze(1);
    }
  }
}
