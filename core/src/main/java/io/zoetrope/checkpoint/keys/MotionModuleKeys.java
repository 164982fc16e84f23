package io.zoetrope.checkpoint.keys;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.pytorch.Tensor;

/**
 * The names in AnimateDiff's own single files of motion modules (mm_sd_v14, mm_sd_v15, v15_v2, v3)
 * and what diffusers calls the same tensors. The originals hold the table of positions in each
 * attention, diffusers once a block.
 */
public final class MotionModuleKeys {
  private static final Pattern ORIGINAL =
      Pattern.compile(
          "(?:module\\.)?((?:down_blocks\\.\\d+|mid_block|up_blocks\\.\\d+)\\.motion_modules\\.\\d+\\.)"
              + "temporal_transformer\\.(.+)");
  private static final Pattern BLOCK = Pattern.compile("(transformer_blocks\\.\\d+\\.)(.+)");
  private static final Pattern PART =
      Pattern.compile("(attention_blocks|norms)\\.([01])\\.(.+)|ff_norm\\.(.+)");

  private MotionModuleKeys() {}

  /** Whether these are an original file's tensors. */
  public static boolean isOriginal(Map<String, Tensor> tensors) {
    return tensors.keySet().stream().anyMatch(name -> ORIGINAL.matcher(name).matches());
  }

  /**
   * The tensors of an original file by diffusers' names.
   *
   * @throws UserError if one is not of a motion module, or a block's tables of positions differ
   */
  public static Map<String, Tensor> toDiffusers(Map<String, Tensor> tensors) {
    Map<String, Tensor> renamed = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> {
      Tensor before = renamed.putIfAbsent(rename(name), tensor);
      if (before != null && !(name.endsWith(".pos_encoder.pe") && before.equal(tensor))) {
        throw new UserError(
            Fault.DAMAGED, "'%s' is there twice, with other values".formatted(name));
      }
    });
    return renamed;
  }

  private static String rename(String name) {
    Matcher place = ORIGINAL.matcher(name);
    if (!place.matches()) {
      throw new UserError(Fault.DAMAGED, "'%s' is not a weight of a motion module".formatted(name));
    }
    Matcher block = BLOCK.matcher(place.group(2));
    return block.matches()
        ? place.group(1) + block.group(1) + part(block.group(2))
        : place.group(1) + place.group(2);
  }

  private static String part(String name) {
    Matcher part = PART.matcher(name);
    if (!part.matches()) {
      return name;
    }
    if (part.group(4) != null) {
      return "norm3." + part.group(4);
    }
    if (part.group(3).equals("pos_encoder.pe")) {
      return "pos_embed.pe";
    }
    int number = 1 + Integer.parseInt(part.group(2));
    return (part.group(1).equals("norms") ? "norm" : "attn") + number + "." + part.group(3);
  }

  private static final Pattern MODULE =
      Pattern.compile("(.*motion_modules\\.\\d+\\.)(transformer_blocks\\.\\d+\\.)?(.+)");
  private static final Pattern LAYER = Pattern.compile("(attn|norm)([12])\\.(.+)|norm3\\.(.+)");

  /**
   * Tensors by diffusers' names as an original file has them: bare keys, and the table of positions
   * in each attention.
   *
   * @throws UserError if one is not of a motion module
   */
  public static SequencedMap<String, Tensor> toOriginal(Map<String, Tensor> tensors) {
    SequencedMap<String, Tensor> renamed = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> {
      Matcher module = MODULE.matcher(name);
      if (!module.matches()) {
        throw new UserError(
            Fault.MISMATCH,
            "a file of motion modules holds nothing else, and '%s' is none of their weights"
                .formatted(name),
            "let names be [\"*motion_modules.*\"], or write plain");
      }
      String place = module.group(1) + "temporal_transformer.";
      if (module.group(2) == null) {
        renamed.put(place + module.group(3), tensor);
      } else if (module.group(3).equals("pos_embed.pe")) {
        String block = place + module.group(2);
        for (int i = 1; i <= 2; i++) {
          String attention = module.group(1) + module.group(2) + "attn" + i + ".to_q.weight";
          if (tensors.containsKey(attention)) {
            renamed.put(block + "attention_blocks." + (i - 1) + ".pos_encoder.pe", tensor);
          }
        }
      } else {
        renamed.put(place + module.group(2) + original(module.group(3)), tensor);
      }
    });
    return renamed;
  }

  private static String original(String name) {
    Matcher layer = LAYER.matcher(name);
    if (!layer.matches()) {
      return name;
    }
    if (layer.group(4) != null) {
      return "ff_norm." + layer.group(4);
    }
    String kind = layer.group(1).equals("norm") ? "norms." : "attention_blocks.";
    return kind + (Integer.parseInt(layer.group(2)) - 1) + "." + layer.group(3);
  }
}
