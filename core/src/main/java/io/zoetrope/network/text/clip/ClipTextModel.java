package io.zoetrope.network.text.clip;

import io.zoetrope.network.text.LearnedTable;
import io.zoetrope.nn.Init;
import io.zoetrope.nn.LayerNorm;
import io.zoetrope.nn.Parameters;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The text transformer of CLIP (Radford et al., "Learning Transferable Visual Models From Natural
 * Language Supervision", 2021, section 2.4): learned positions, pre-norm blocks, each token sees
 * itself and those before. Weights are named as in {@code CLIPTextModel} of transformers.
 */
public final class ClipTextModel {
  private static final String PREFIX = "text_model.";

  private final ClipTextConfig config;
  private final Tensor tokens_VD;
  private final Tensor positions_ND;
  private final List<ClipBlock> blocks = new ArrayList<>();
  private final LayerNorm norm;

  public ClipTextModel(ClipTextConfig config, Parameters p) {
    this.config = config;
    Parameters model = p.at("text_model");
    Parameters embeddings = model.at("embeddings");
    tokens_VD =
        embeddings
            .at("token_embedding")
            .table("weight", Init.normal(0.02), config.vocabulary(), config.width());
    positions_ND =
        embeddings
            .at("position_embedding")
            .plain("weight", Init.normal(0.02), config.length(), config.width());
    for (int i = 0; i < config.depth(); i++) {
      blocks.add(new ClipBlock(config.block(), model.at("encoder").at("layers").at(i)));
    }
    norm = LayerNorm.of(model.at("final_layer_norm"), config.width(), config.normEps());
  }

  /**
   * A checkpoint's tensors under the names that the model asks for: some files leave out {@code
   * text_model.}, old ones store the numbers of the positions.
   */
  public static Map<String, Tensor> named(Map<String, Tensor> tensors) {
    Map<String, Tensor> named = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> {
      if (!name.endsWith("embeddings.position_ids")) {
        named.put(name(name), tensor);
      }
    });
    return named;
  }

  /** The name here of a weight that a file has with or without the model's prefix. */
  public static String name(String inFile) {
    boolean bare =
        inFile.startsWith("embeddings.")
            || inFile.startsWith("encoder.")
            || inFile.startsWith("final_layer_norm.");
    return bare ? PREFIX + inFile : inFile;
  }

  public ClipTextConfig config() {
    return config;
  }

  /** The vectors of tokens before their positions are added: [n, width], f32. */
  Tensor vectors(long... ids) {
    return LearnedTable.embedded(tokens_VD, Tensors.of(ids, ids.length), Optional.empty());
  }

  /**
   * What a text becomes.
   *
   * @param hidden_BND one vector a token, f32
   * @param pooled_BD the normalised features of the last block at the end token
   */
  public record Encoded(Tensor hidden_BND, Tensor pooled_BD) {}

  /** As {@link #encode(Tensor, Optional, int)}: every token counts, no block is left out. */
  public Encoded encode(Tensor ids_BN) {
    return encode(ids_BN, Optional.empty(), 0);
  }

  /**
   * @param ids_BN token ids, int64, on the CPU, N at most {@code config.length()}
   * @param mask_BN true where a token may be looked at; Stable Diffusion uses none
   * @param skip how many of the last blocks {@code hidden} leaves out ("clip skip" counted from 0),
   *     less than {@code config.depth()}; the final normalisation is applied all the same. The
   *     pooled features always come from the last block
   */
  public Encoded encode(Tensor ids_BN, Optional<Tensor> mask_BN, int skip) {
    return encode(ids_BN, mask_BN, skip, Optional.empty());
  }

  /**
   * As above.
   *
   * @param more_EW vectors of tokens behind the vocabulary, whose ids go on after its last
   */
  Encoded encode(Tensor ids_BN, Optional<Tensor> mask_BN, int skip, Optional<Tensor> more_EW) {
    List<Tensor> states =
        states(LearnedTable.embedded(tokens_VD, ids_BN, more_EW), mask_BN, ids_BN.size(1));
    Tensor last = norm.forward(states.getLast());
    Tensor hidden = skip == 0 ? last : norm.forward(states.get(states.size() - 1 - skip));
    Tensor end_B11 = Tensors.of(ends(ids_BN), ids_BN.size(0), 1, 1);
    Tensor pooled =
        last.gather(
                1,
                end_B11
                    .to(last.device(), ScalarType.Long)
                    .expand(ids_BN.size(0), 1, config.width()))
            .squeeze(1);
    return new Encoded(hidden, pooled);
  }

  /**
   * The embeddings and what each block makes of them, not normalised: {@code depth + 1} tensors [B,
   * N, D].
   */
  public List<Tensor> states(Tensor ids_BN, Optional<Tensor> mask_BN) {
    return states(
        LearnedTable.embedded(tokens_VD, ids_BN, Optional.empty()), mask_BN, ids_BN.size(1));
  }

  private List<Tensor> states(Tensor embedded_BND, Optional<Tensor> mask_BN, long n) {
    if (n > config.length()) {
      throw new IllegalArgumentException(
          n + " tokens are more than the " + config.length() + " that this text encoder reads");
    }
    Tensor x = embedded_BND.add(positions_ND.narrow(0, 0, n));
    Optional<Tensor> mask = mask_BN.map(m -> causal(Tensors.beside(tokens_VD, m), n));
    List<Tensor> states = new ArrayList<>(List.of(x));
    for (ClipBlock block : blocks) {
      x = block.forward(x, mask);
      states.add(x);
    }
    return states;
  }

  /** True where a token may look: [B, 1, N, N]. */
  private static Tensor causal(Tensor mask_BN, long n) {
    Tensor before =
        Tensors.zeros(ScalarType.Bool, n, n)
            .logical_not()
            .tril()
            .to(mask_BN.device(), ScalarType.Bool);
    return before.logical_and(mask_BN.reshape(mask_BN.size(0), 1, 1, n));
  }

  /** Where the end token first stands: by its id (0 if it is not there), or by being largest. */
  private long[] ends(Tensor ids_BN) {
    int n = Math.toIntExact(ids_BN.size(1));
    // A learned token is no end, however large its id.
    long[] ids =
        Arrays.stream(Tensors.toLongs(ids_BN))
            .map(id -> id < config.vocabulary() ? id : -1)
            .toArray();
    long[] ends = new long[ids.length / n];
    for (int i = 0; i < ids.length; i++) {
      long best = ids[i / n * n + (int) ends[i / n]];
      boolean better =
          config.end() == ClipTextConfig.OLD_END
              ? ids[i] > best
              : ids[i] == config.end() && best != config.end();
      if (better) {
        ends[i / n] = i % n;
      }
    }
    return ends;
  }
}
