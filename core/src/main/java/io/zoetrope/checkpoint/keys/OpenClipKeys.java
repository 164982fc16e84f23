package io.zoetrope.checkpoint.keys;

import io.zoetrope.checkpoint.WeightSet;
import io.zoetrope.checkpoint.WeightSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.pytorch.Tensor;

/**
 * OpenCLIP's names for its text transformer, in those of {@code CLIPTextModel}. Models that were
 * trained on it read what its last block is given, so that block is left out.
 *
 * @param prefix before the names in a file
 * @param last number of the block that is left out
 */
public record OpenClipKeys(String prefix, int last) {
  /** Alone, or in a whole checkpoint. */
  private static final List<String> PREFIXES = List.of("", "cond_stage_model.model.", "model.");

  private static final Pattern BLOCK =
      Pattern.compile("transformer\\.resblocks\\.(\\d+)\\.([a-z_0-9]+)[._](.+)");

  private static final Map<String, String> ENDS =
      Map.of(
          "token_embedding.weight", "embeddings.token_embedding.weight",
          "positional_embedding", "embeddings.position_embedding.weight",
          "ln_final.weight", "final_layer_norm.weight",
          "ln_final.bias", "final_layer_norm.bias");

  /** Of a file; empty if there is no such transformer in it. */
  public static Optional<OpenClipKeys> of(Set<String> names) {
    for (String prefix : PREFIXES) {
      int last =
          names.stream()
              .filter(name -> name.startsWith(prefix))
              .map(name -> BLOCK.matcher(name.substring(prefix.length())))
              .filter(Matcher::matches)
              .mapToInt(at -> Integer.parseInt(at.group(1)))
              .max()
              .orElse(-1);
      if (last > 0 && names.contains(prefix + "positional_embedding")) {
        return Optional.of(new OpenClipKeys(prefix, last));
      }
    }
    return Optional.empty();
  }

  /**
   * The weights of the text transformer; valid as long as the file is open.
   *
   * @param kept takes views of the file's tensors, which must live as long
   */
  public WeightSource weights(WeightSet file, UnaryOperator<Tensor> kept) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    file.tensors()
        .forEach((key, tensor) -> {
          if (key.startsWith(prefix)) {
            put(tensors, key.substring(prefix.length()), tensor, kept);
          }
        });
    return WeightSource.of("text_encoder", file.path().toString(), tensors);
  }

  private void put(
      Map<String, Tensor> tensors, String key, Tensor tensor, UnaryOperator<Tensor> kept) {
    String end = ENDS.get(key);
    if (end != null) {
      tensors.put("text_model." + end, tensor);
      return;
    }
    Matcher block = BLOCK.matcher(key);
    if (!block.matches() || Integer.parseInt(block.group(1)) >= last) {
      return;
    }
    String inner = key.substring(block.start(2));
    String at = "text_model.encoder.layers." + block.group(1) + ".";
    boolean unused = OpenClipBlocks.put(at, inner, tensor, tensors, kept);
  }
}
