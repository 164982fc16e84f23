package io.zoetrope.checkpoint.keys;

import io.zoetrope.torch.Scopes;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.pytorch.Tensor;

/**
 * OpenCLIP's vision transformer by the names of transformers: queries, keys and values are one
 * matrix there, and the last projection stands on its side.
 */
final class OpenClipVisionKeys {
  private static final Pattern BLOCK = Pattern.compile("transformer\\.resblocks\\.(\\d+)\\.(.+)");
  private static final Map<String, String> ENDS =
      Map.of(
          "class_embedding", "embeddings.class_embedding",
          "positional_embedding", "embeddings.position_embedding.weight",
          "conv1.weight", "embeddings.patch_embedding.weight",
          "ln_pre.weight", "pre_layrnorm.weight",
          "ln_pre.bias", "pre_layrnorm.bias",
          "ln_post.weight", "post_layernorm.weight",
          "ln_post.bias", "post_layernorm.bias");
  private static final Map<String, String> LAYERS =
      Map.of(
          "ln_1", "layer_norm1",
          "ln_2", "layer_norm2",
          "attn.out_proj", "self_attn.out_proj",
          "mlp.c_fc", "mlp.fc1",
          "mlp.c_proj", "mlp.fc2");
  private static final List<String> JOINED = List.of("q_proj", "k_proj", "v_proj");

  private OpenClipVisionKeys() {}

  /**
   * Puts a weight among others, as one or as several.
   *
   * @param key without the prefix of the model; one that is unknown keeps its name
   * @param into by the names of transformers
   * @param made takes what was copied for it, which is the caller's to free
   */
  static void put(String key, Tensor tensor, SequencedMap<String, Tensor> into, List<Tensor> made) {
    if (key.equals("proj")) {
      into.put("visual_projection.weight", copy(() -> tensor.transpose(0, 1), made));
      return;
    }
    Matcher block = BLOCK.matcher(key);
    if (!block.matches()) {
      String end = ENDS.get(key);
      into.put(end == null ? key : "vision_model." + end, tensor);
      return;
    }
    String at = "vision_model.encoder.layers." + block.group(1) + ".";
    String inner = block.group(2);
    if (inner.startsWith("attn.in_proj_")) {
      long rows = tensor.size(0) / JOINED.size();
      for (int i = 0; i < JOINED.size(); i++) {
        String name =
            "self_attn." + JOINED.get(i) + "." + inner.substring("attn.in_proj_".length());
        long first = i * rows;
        into.put(at + name, copy(() -> tensor.narrow(0, first, rows), made));
      }
      return;
    }
    int dot = inner.lastIndexOf('.');
    String layer = LAYERS.get(inner.substring(0, Math.max(0, dot)));
    into.put(layer == null ? key : at + layer + inner.substring(dot), tensor);
  }

  private static Tensor copy(Supplier<Tensor> view, List<Tensor> made) {
    Tensor own = Scopes.keep(Scopes.tensor(() -> view.get().contiguous().clone()));
    made.add(own);
    return own;
  }
}
