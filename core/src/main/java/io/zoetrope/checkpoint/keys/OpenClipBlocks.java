package io.zoetrope.checkpoint.keys;

import io.zoetrope.torch.PackedTensor;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The blocks of OpenCLIP's transformers, of texts and of pictures, by the names of transformers:
 * queries, keys and values are one matrix there.
 */
final class OpenClipBlocks {
  private static final String IN = "attn.in_proj_";

  private static final Map<String, String> LAYERS =
      Map.of(
          "ln_1.", "layer_norm1.",
          "ln_2.", "layer_norm2.",
          "attn.out_proj.", "self_attn.out_proj.",
          "mlp.c_fc.", "mlp.fc1.",
          "mlp.c_proj.", "mlp.fc2.");

  private static final List<String> JOINED = List.of("q_proj.", "k_proj.", "v_proj.");

  private OpenClipBlocks() {}

  /**
   * Puts a weight of a block among others, as one or as three.
   *
   * @param at name of the block there, with a dot
   * @param inner name of the weight within its block
   * @param kept takes views of the tensor, which must live as long
   * @return whether it is known
   */
  static boolean put(
      String at,
      String inner,
      Tensor tensor,
      Map<String, Tensor> into,
      UnaryOperator<Tensor> kept) {
    if (inner.startsWith(IN)) {
      Tensor all =
          PackedTensor.of(tensor).isPresent()
              ? kept.apply(PackedTensor.dense(tensor, ScalarType.Float))
              : tensor;
      long width = tensor.size(0) / JOINED.size();
      for (int i = 0; i < JOINED.size(); i++) {
        Tensor part = kept.apply(all.narrow(0, i * width, width));
        into.put(at + "self_attn." + JOINED.get(i) + inner.substring(IN.length()), part);
      }
      return true;
    }
    for (Map.Entry<String, String> layer : LAYERS.entrySet()) {
      if (inner.startsWith(layer.getKey())) {
        into.put(at + layer.getValue() + inner.substring(layer.getKey().length()), tensor);
        return true;
      }
    }
    return false;
  }
}
