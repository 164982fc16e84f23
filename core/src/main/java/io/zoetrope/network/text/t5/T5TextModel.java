package io.zoetrope.network.text.t5;

import io.zoetrope.network.text.LearnedTable;
import io.zoetrope.nn.Init;
import io.zoetrope.nn.Parameters;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The encoder of T5 (Raffel et al., "Exploring the Limits of Transfer Learning with a Unified
 * Text-to-Text Transformer", 2020, section 2.1): every token sees every other, told how far it is.
 * Weights are named as in {@code T5EncoderModel} and {@code UMT5EncoderModel} of transformers.
 */
public final class T5TextModel {
  private static final String TOKENS = "shared.weight";

  /** A logit that nothing comes through: as transformers hide a token in f32. */
  private static final double HIDDEN = -3.4028234663852886e38;

  private final T5Config config;
  private final Tensor tokens_VD;
  private final List<T5Block> blocks = new ArrayList<>();
  private final Tensor norm;

  public T5TextModel(T5Config config, Parameters p) {
    this.config = config;
    tokens_VD = p.at("shared").table("weight", Init.normal(1), config.vocabulary(), config.width());
    Parameters encoder = p.at("encoder");
    for (int i = 0; i < config.depth(); i++) {
      boolean biased = i == 0 || config.biases() == T5Config.Biases.EACH;
      blocks.add(new T5Block(config, biased, encoder.at("block").at(i)));
    }
    norm = encoder.at("final_layer_norm").plain("weight", Init.ONES, config.width());
  }

  /** The name here of a file's weight: the table of tokens has two, of which files have any. */
  public static String name(String inFile) {
    return inFile.equals("encoder.embed_tokens.weight") ? TOKENS : inFile;
  }

  public T5Config config() {
    return config;
  }

  /**
   * What a text becomes.
   *
   * @param ids_BN token ids, int64, on the CPU, 0 to {@code config.vocabulary() - 1}
   * @param mask_BN true where a token may be looked at. What stands at the others is of no use;
   *     where one row is encoded without them, the rest is the same
   * @return one vector a token, [B, N, D], f32
   */
  public Tensor encode(Tensor ids_BN, Optional<Tensor> mask_BN) {
    return Ops.rmsNorm(states(ids_BN, mask_BN).getLast(), Optional.of(norm), config.normEps());
  }

  /**
   * The embeddings and what each block makes of them, not normalised: {@code depth + 1} tensors [B,
   * N, D].
   */
  public List<Tensor> states(Tensor ids_BN, Optional<Tensor> mask_BN) {
    Tensor x = LearnedTable.embedded(tokens_VD, ids_BN, Optional.empty());
    int n = Math.toIntExact(ids_BN.size(1));
    Optional<Tensor> hidden =
        mask_BN.map(mask ->
            Tensors.beside(tokens_VD, mask)
                .logical_not()
                .to(ScalarType.Float)
                .mul(new Scalar(HIDDEN))
                .reshape(mask.size(0), 1, 1, n));
    List<Tensor> states = new ArrayList<>(List.of(x));
    Tensor bias = x;
    for (T5Block block : blocks) {
      Optional<Tensor> own = block.bias(n);
      bias = own.map(table -> hidden.map(table::add).orElse(table)).orElse(bias);
      x = block.forward(x, bias);
      states.add(x);
    }
    return states;
  }
}
