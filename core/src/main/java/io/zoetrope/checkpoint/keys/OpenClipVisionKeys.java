package io.zoetrope.checkpoint.keys;

import io.zoetrope.torch.Scopes;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.pytorch.Tensor;

/**
 * OpenCLIP's vision transformer by the names of transformers: the last projection stands on its
 * side there; of its blocks see {@link OpenClipBlocks}.
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

  private OpenClipVisionKeys() {}

  /**
   * Puts a weight among others, as one or as several.
   *
   * @param key without the prefix of the model; one that is unknown keeps its name
   * @param into by the names of transformers
   * @param kept takes what is made of tensors for it, which must live as long
   */
  static void put(
      String key, Tensor tensor, SequencedMap<String, Tensor> into, UnaryOperator<Tensor> kept) {
    if (key.equals("proj")) {
      Tensor upright = Scopes.tensor(() -> tensor.transpose(0, 1).contiguous());
      into.put("visual_projection.weight", kept.apply(upright));
      return;
    }
    Matcher block = BLOCK.matcher(key);
    if (!block.matches()) {
      String end = ENDS.get(key);
      into.put(end == null ? key : "vision_model." + end, tensor);
      return;
    }
    String at = "vision_model.encoder.layers." + block.group(1) + ".";
    if (!OpenClipBlocks.put(at, block.group(2), tensor, into, kept)) {
      into.put(key, tensor);
    }
  }
}
