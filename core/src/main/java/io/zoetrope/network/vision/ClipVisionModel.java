package io.zoetrope.network.vision;

import io.zoetrope.network.text.clip.ClipBlock;
import io.zoetrope.nn.Init;
import io.zoetrope.nn.LayerNorm;
import io.zoetrope.nn.Linear;
import io.zoetrope.nn.Parameters;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The vision transformer of CLIP (Radford et al., "Learning Transferable Visual Models From Natural
 * Language Supervision", 2021, section 2.4; Dosovitskiy et al., "An Image is Worth 16x16 Words",
 * 2021): patches and one token for the whole picture, learned positions, pre-norm blocks. Weights
 * are named as in {@code CLIPVisionModelWithProjection} of transformers.
 */
public final class ClipVisionModel {
  private static final String PREFIX = "vision_model.";

  private final ClipVisionConfig config;
  private final Precision precision;
  private final Tensor whole_D;
  private final Tensor patches;
  private final Tensor positions_ND;
  private final LayerNorm first;
  private final List<ClipBlock> blocks = new ArrayList<>();
  private final LayerNorm last;
  private final Optional<Linear> projection;

  public ClipVisionModel(ClipVisionConfig config, Parameters p) {
    this.config = config;
    precision = p.precision();
    long width = config.width();
    Parameters model = p.at("vision_model");
    Parameters embeddings = model.at("embeddings");
    whole_D = embeddings.plain("class_embedding", Init.normal(0.02), width);
    patches =
        embeddings
            .at("patch_embedding")
            .weight("weight", Init.normal(0.02), width, 3, config.patch(), config.patch());
    positions_ND =
        embeddings
            .at("position_embedding")
            .plain("weight", Init.normal(0.02), config.tokens(), width);
    // The name is misspelt in every checkpoint.
    first = LayerNorm.of(model.at("pre_layrnorm"), width, config.normEps());
    for (int i = 0; i < config.depth(); i++) {
      blocks.add(new ClipBlock(config.block(), model.at("encoder").at("layers").at(i)));
    }
    last = LayerNorm.of(model.at("post_layernorm"), width, config.normEps());
    projection =
        config.projection() == 0
            ? Optional.empty()
            : Optional.of(
                Linear.withoutBias(
                    p.at("visual_projection"), width, config.projection(), Init.xavier()));
  }

  /** The name here of a weight that a file has with or without the model's prefix. */
  public static String name(String inFile) {
    boolean bare =
        inFile.startsWith("embeddings.")
            || inFile.startsWith("encoder.")
            || inFile.startsWith("pre_layrnorm.")
            || inFile.startsWith("post_layernorm.");
    return bare ? PREFIX + inFile : inFile;
  }

  public ClipVisionConfig config() {
    return config;
  }

  /**
   * What a picture becomes.
   *
   * @param embedded_BE of the whole, projected
   * @param tokens_BND what the last block but one makes of each token, not normalised, f32
   */
  public record Encoded(Tensor embedded_BE, Tensor tokens_BND) {}

  /** Pictures [B, 3, side, side] with values 0..1, as they are shown to the network. */
  public static Tensor normalised(Tensor x_B3HW) {
    return PictureStatistics.CLIP.normalised(x_B3HW);
  }

  /**
   * Encodes pictures.
   *
   * @param x_B3HW {@linkplain #normalised normalised}, of {@code config.side()} pixels each way
   * @throws IllegalArgumentException if they are of another size
   */
  public Encoded encode(Tensor x_B3HW) {
    List<Tensor> states = states(x_B3HW);
    Tensor whole = last.forward(states.getLast().select(1, 0));
    Tensor embedded =
        projection
            .orElseThrow(() -> new IllegalStateException("an encoder without a projection"))
            .forward(whole)
            .to(ScalarType.Float);
    return new Encoded(embedded, states.get(states.size() - 2));
  }

  /** The tokens of {@link #encode} alone. */
  public Tensor tokens(Tensor x_B3HW) {
    List<Tensor> states = states(x_B3HW);
    return states.get(states.size() - 2);
  }

  /** The tokens, and what each block makes of them: {@code depth + 1} tensors [B, N, D]. */
  public List<Tensor> states(Tensor x_B3HW) {
    long[] shape = Tensors.shape(x_B3HW);
    long[] side = {3, config.side(), config.side()};
    if (shape.length != 4 || !Arrays.equals(shape, 1, 4, side, 0, 3)) {
      throw new IllegalArgumentException(
          "a picture of shape %s is not the %s that this encoder sees"
              .formatted(Arrays.toString(shape), Arrays.toString(side)));
    }
    Tensor parts_BND =
        Ops.conv2d(
                precision.cast(Tensors.beside(whole_D, x_B3HW)),
                precision.cast(patches),
                Optional.empty(),
                config.patch(),
                0)
            .to(ScalarType.Float)
            .flatten(2, 3)
            .transpose(1, 2);
    Tensor whole_B1D = whole_D.reshape(1, 1, -1).expand(shape[0], 1, config.width());
    Tensor x = first.forward(Tensors.cat(List.of(whole_B1D, parts_BND), 1).add(positions_ND));
    List<Tensor> states = new ArrayList<>(List.of(x));
    for (ClipBlock block : blocks) {
      x = block.forward(x, Optional.empty());
      states.add(x);
    }
    return states;
  }
}
