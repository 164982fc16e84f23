package io.zoetrope.network.text.t5;

import com.fasterxml.jackson.annotation.JsonCreator;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.Ops;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import tools.jackson.databind.JsonNode;

/**
 * Shape of a {@link T5TextModel}, as {@code text_encoder/config.json} says it. What the file leaves
 * out is as in the first small T5.
 *
 * @param vocabulary rows of the table of tokens
 * @param width features of a token
 * @param headWidth features of a head; heads times it need not be the width
 * @param hidden features inside a feed-forward layer
 * @param depth blocks
 * @param heads of attention
 * @param activation inside feed-forward layers
 * @param normEps of root-mean-square normalisation
 * @param buckets into which distances between tokens fall, even
 * @param furthest distance in tokens from which on all are alike
 * @param biases whose table of distances a block uses
 */
public record T5Config(
    int vocabulary,
    int width,
    int headWidth,
    int hidden,
    int depth,
    int heads,
    Activation activation,
    double normEps,
    int buckets,
    int furthest,
    Biases biases) {
  /** What {@code architectures} says in configs of T5. */
  public static final String T5 = "T5EncoderModel";

  /** The same of UMT5. */
  public static final String UMT5 = "UMT5EncoderModel";

  private static final String BIAS = "0.SelfAttention.relative_attention_bias";

  /** Whose table of distances a block uses. */
  public enum Biases {
    /** The first block's: T5. */
    SHARED,
    /** Its own: UMT5. */
    EACH
  }

  /** What is inside a feed-forward layer. */
  public enum Activation {
    RELU("relu", false, torch::relu),
    GELU("gelu", false, torch::gelu),
    /** {@code gelu(wi_0 x) * wi_1 x}, the GELU by its tanh form: T5 v1.1 and UMT5. */
    GATED_GELU("gated-gelu", true, Ops::geluTanh),
    GATED_SILU("gated-silu", true, torch::silu);

    private final String name;
    private final boolean gated;
    private final UnaryOperator<Tensor> of;

    Activation(String name, boolean gated, UnaryOperator<Tensor> of) {
      this.name = name;
      this.gated = gated;
      this.of = of;
    }

    boolean gated() {
      return gated;
    }

    Tensor apply(Tensor x) {
      return of.apply(x);
    }

    private static Activation named(String name) {
      for (Activation activation : values()) {
        if (activation.name.equals(name)) {
          return activation;
        }
      }
      throw new UserError(
          Fault.UNSUPPORTED,
          "feed_forward_proj '%s' is unknown".formatted(name),
          "relu, gelu, gated-gelu and gated-silu are known");
    }
  }

  public T5Config {
    if (vocabulary < 1
        || width < 1
        || headWidth < 1
        || hidden < 1
        || depth < 1
        || heads < 1
        || !(normEps > 0)) {
      throw new UserError(Fault.INVALID, "a T5 text encoder needs positive sizes");
    }
    if (buckets < 4 || buckets % 2 != 0 || furthest <= buckets / 4) {
      throw new UserError(
          Fault.INVALID,
          "a T5 text encoder needs an even number of at least 4 relative_attention_num_buckets and"
              + " a relative_attention_max_distance above a quarter of it, not %s and %s"
                  .formatted(buckets, furthest));
    }
  }

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static T5Config of(JsonNode json) {
    boolean umt5 =
        json.path("architectures").path(0).asString("").equals(UMT5)
            || json.path("model_type").asString("").equals("umt5");
    return new T5Config(
        number(json, "vocab_size", 32128),
        number(json, "d_model", 512),
        number(json, "d_kv", 64),
        number(json, "d_ff", 2048),
        number(json, "num_layers", 6),
        number(json, "num_heads", 8),
        Activation.named(json.path("feed_forward_proj").asString("relu")),
        json.path("layer_norm_epsilon").asDouble(1e-6),
        number(json, "relative_attention_num_buckets", 32),
        number(json, "relative_attention_max_distance", 128),
        umt5 ? Biases.EACH : Biases.SHARED);
  }

  /**
   * The shape that weights have, of T5 v1.1 and UMT5: what no shape says is as in those.
   *
   * @param shapes by the names of transformers
   * @throws UserError if they are of no such encoder
   */
  public static T5Config of(Map<String, long[]> shapes) {
    int depth = 0;
    while (shapes.containsKey(weight(depth, "0.SelfAttention.q"))) {
      depth++;
    }
    long[] tokens = side(shapes, "shared.weight");
    long[] biases = side(shapes, weight(0, BIAS));
    long[] query = side(shapes, weight(0, "0.SelfAttention.q"));
    int heads = Math.toIntExact(biases[1]);
    return new T5Config(
        Math.toIntExact(tokens[0]),
        Math.toIntExact(tokens[1]),
        Math.toIntExact(query[0] / heads),
        Math.toIntExact(side(shapes, weight(0, "1.DenseReluDense.wi_0"))[0]),
        depth,
        heads,
        Activation.GATED_GELU,
        1e-6,
        Math.toIntExact(biases[0]),
        128,
        shapes.containsKey(weight(1, BIAS)) ? Biases.EACH : Biases.SHARED);
  }

  private static String weight(int block, String layer) {
    return "encoder.block." + block + ".layer." + layer + ".weight";
  }

  private static long[] side(Map<String, long[]> shapes, String name) {
    long[] shape = shapes.get(name);
    if (shape == null || shape.length != 2) {
      throw new UserError(
          Fault.MISMATCH,
          "it is no text encoder of T5 v1.1 or UMT5: it has no '%s'".formatted(name));
    }
    return shape;
  }

  private static int number(JsonNode json, String name, int otherwise) {
    JsonNode value = json.path(name);
    if (value.isMissingNode()) {
      return otherwise;
    }
    if (!value.canConvertToInt() || !value.isIntegralNumber()) {
      throw new UserError(
          Fault.INVALID, "%s must be a whole number, not %s".formatted(name, value));
    }
    return value.intValue();
  }
}
