package io.zoetrope.network.unet;

import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.network.ClassInput;
import io.zoetrope.network.PictureSlots;
import io.zoetrope.nn.Init;
import io.zoetrope.nn.Linear;
import io.zoetrope.nn.Parameters;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** What a {@link ClassInput} adds to the embedding of each frame's level. */
interface ClassEmbedding {
  /** [B, 1, E] or [B, F, E], f32. */
  Tensor of(Conditioning conditioning);

  /** Of a network; empty where it is told nothing. */
  static Optional<ClassEmbedding> of(ClassInput input, Parameters p, long width) {
    Parameters at = p.at("class_embedding");
    return switch (input.kind()) {
      case NONE -> Optional.empty();
      case EMBEDDING ->
          Optional.of(
              new Vector(
                  Linear.of(at.at("linear_1"), input.size(), width, Init.xavier()),
                  Linear.of(at.at("linear_2"), width, width, Init.normal(0.02))));
      case LEVELS ->
          Optional.of(new Levels(at.plain("weight", Init.normal(0.02), input.size(), width)));
    };
  }

  /** Two layers. */
  record Vector(Linear in, Linear out) implements ClassEmbedding {
    @Override
    public Tensor of(Conditioning conditioning) {
      Tensor e_BE = conditioning.get(PictureSlots.EMBEDDING).orElseThrow();
      Tensor inside = torch.silu(in.forward(e_BE));
      return out.forward(inside).to(ScalarType.Float).unsqueeze(1);
    }
  }

  /** A row for each label. */
  record Levels(Tensor rows_NE) implements ClassEmbedding {
    @Override
    public Tensor of(Conditioning conditioning) {
      Tensor label_BF = conditioning.get(Conditioning.BESIDE_LABEL).orElseThrow();
      Tensor index = label_BF.to(rows_NE.device(), ScalarType.Long).flatten();
      return rows_NE
          .index_select(0, index)
          .reshape(label_BF.size(0), label_BF.size(1), rows_NE.size(1));
    }
  }
}
