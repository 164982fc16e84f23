package io.zoetrope.checkpoint.keys;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names of T5's weights: those of transformers, which are ours; those of Wan's code; and those of
 * GGUF ({@code t5encoder} of llama.cpp).
 */
public final class T5Names {
  private static final String SELF = "layer.0.SelfAttention.";
  private static final String DENSE = "layer.1.DenseReluDense.";

  private static final Pattern WAN = Pattern.compile("blocks\\.(\\d+)\\.(.+)\\.weight");

  private static final Map<String, String> IN_WAN =
      Map.of(
          "norm1", "layer.0.layer_norm",
          "attn.q", SELF + "q",
          "attn.k", SELF + "k",
          "attn.v", SELF + "v",
          "attn.o", SELF + "o",
          "pos_embedding.embedding", SELF + "relative_attention_bias",
          "norm2", "layer.1.layer_norm",
          "ffn.gate.0", DENSE + "wi_0",
          "ffn.fc1", DENSE + "wi_1",
          "ffn.fc2", DENSE + "wo");

  private static final Pattern GGUF = Pattern.compile("enc\\.blk\\.(\\d+)\\.(.+)\\.weight");

  private static final Map<String, String> IN_GGUF =
      Map.of(
          "attn_norm", "layer.0.layer_norm",
          "attn_q", SELF + "q",
          "attn_k", SELF + "k",
          "attn_v", SELF + "v",
          "attn_o", SELF + "o",
          "attn_rel_b", SELF + "relative_attention_bias",
          "ffn_norm", "layer.1.layer_norm",
          "ffn_gate", DENSE + "wi_0",
          "ffn_up", DENSE + "wi_1",
          "ffn_down", DENSE + "wo");

  private static final Map<String, String> OUTSIDE =
      Map.of(
          "token_embedding.weight", "shared.weight",
          "token_embd.weight", "shared.weight",
          "encoder.embed_tokens.weight", "shared.weight",
          "norm.weight", "encoder.final_layer_norm.weight",
          "enc.output_norm.weight", "encoder.final_layer_norm.weight");

  private T5Names() {}

  /** The name here of a file's weight; one that is no such name stays. */
  public static String ours(String inFile) {
    String outside = OUTSIDE.get(inFile);
    if (outside != null) {
      return outside;
    }
    Matcher wan = WAN.matcher(inFile);
    if (wan.matches() && IN_WAN.containsKey(wan.group(2))) {
      return "encoder.block.%s.%s.weight".formatted(wan.group(1), IN_WAN.get(wan.group(2)));
    }
    Matcher gguf = GGUF.matcher(inFile);
    if (gguf.matches() && IN_GGUF.containsKey(gguf.group(2))) {
      return "encoder.block.%s.%s.weight".formatted(gguf.group(1), IN_GGUF.get(gguf.group(2)));
    }
    return inFile;
  }
}
