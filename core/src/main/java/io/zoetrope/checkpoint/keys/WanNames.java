package io.zoetrope.checkpoint.keys;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Names of the transformer of Wan: those of its first code, which single files, GGUF and most LoRAs
 * have, and those of diffusers, which are ours.
 */
public final class WanNames {
  private static final Pattern BLOCK =
      Pattern.compile("((?:vace_)?blocks\\.\\d+)\\.(.+?)(\\.(?:weight|bias))?");

  private static final Pattern ELSEWHERE = Pattern.compile("(.+?)(\\.(?:weight|bias))?");

  private static final Pattern PREFIX = Pattern.compile("(?:model\\.)?diffusion_model\\.");

  /** Where levels, texts and pictures enter, in diffusers' names. */
  private static final String TOLD = "condition_embedder.";

  /** Within a block. */
  private static final Map<String, String> IN_BLOCK = new LinkedHashMap<>();

  /** Outside of blocks. */
  private static final Map<String, String> OUTSIDE = new LinkedHashMap<>();

  static {
    for (String[] attention : new String[][] {{"self_attn", "attn1"}, {"cross_attn", "attn2"}}) {
      for (String[] part :
          new String[][] {
            {"q", "to_q"},
            {"k", "to_k"},
            {"v", "to_v"},
            {"o", "to_out.0"},
            {"norm_q", "norm_q"},
            {"norm_k", "norm_k"},
            {"k_img", "add_k_proj"},
            {"v_img", "add_v_proj"},
            {"norm_k_img", "norm_added_k"},
          }) {
        IN_BLOCK.put(attention[0] + "." + part[0], attention[1] + "." + part[1]);
      }
    }
    // The second and third norms changed places.
    IN_BLOCK.put("norm3", "norm2");
    IN_BLOCK.put("norm2", "norm3");
    IN_BLOCK.put("ffn.0", "ffn.net.0.proj");
    IN_BLOCK.put("ffn.2", "ffn.net.2");
    IN_BLOCK.put("modulation", "scale_shift_table");
    IN_BLOCK.put("before_proj", "proj_in");
    IN_BLOCK.put("after_proj", "proj_out");
    OUTSIDE.put("head.modulation", "scale_shift_table");
    OUTSIDE.put("head.head", "proj_out");
    OUTSIDE.put("time_embedding.0", TOLD + "time_embedder.linear_1");
    OUTSIDE.put("time_embedding.2", TOLD + "time_embedder.linear_2");
    OUTSIDE.put("time_projection.1", TOLD + "time_proj");
    OUTSIDE.put("text_embedding.0", TOLD + "text_embedder.linear_1");
    OUTSIDE.put("text_embedding.2", TOLD + "text_embedder.linear_2");
    OUTSIDE.put("img_emb.proj.0", TOLD + "image_embedder.norm1");
    OUTSIDE.put("img_emb.proj.1", TOLD + "image_embedder.ff.net.0.proj");
    OUTSIDE.put("img_emb.proj.3", TOLD + "image_embedder.ff.net.2");
    OUTSIDE.put("img_emb.proj.4", TOLD + "image_embedder.norm2");
    OUTSIDE.put("img_emb.emb_pos", TOLD + "image_embedder.pos_embed");
    OUTSIDE.put("fps_projection.0", "fps_projection.net.0.proj");
    OUTSIDE.put("fps_projection.2", "fps_projection.net.2");
  }

  private static final Map<String, String> IN_BLOCK_BACK = reversed(IN_BLOCK);
  private static final Map<String, String> OUTSIDE_BACK = reversed(OUTSIDE);

  private WanNames() {}

  private static Map<String, String> reversed(Map<String, String> names) {
    Map<String, String> back = new LinkedHashMap<>();
    names.forEach((from, to) -> back.put(to, from));
    return back;
  }

  /** A weight's name without what single files put in front. */
  public static String bare(String name) {
    Matcher prefix = PREFIX.matcher(name);
    return prefix.lookingAt() ? name.substring(prefix.end()) : name;
  }

  /**
   * How the names of a file become ours. Those of diffusers stay as they are, but for what stands
   * in front: two of its norms have each other's names in the first code.
   */
  public static UnaryOperator<String> of(Set<String> names) {
    boolean diffusers = names.stream().anyMatch(name -> bare(name).startsWith(TOLD));
    return diffusers ? WanNames::bare : name -> ours(bare(name));
  }

  /** The name here of a weight or layer of the first code; one that is no such name stays. */
  public static String ours(String original) {
    return mapped(original, IN_BLOCK, OUTSIDE).orElse(original);
  }

  /** The first code's name of a weight or layer here; empty where it is the same. */
  public static Optional<String> original(String ours) {
    return mapped(ours, IN_BLOCK_BACK, OUTSIDE_BACK);
  }

  private static Optional<String> mapped(
      String name, Map<String, String> inBlock, Map<String, String> outside) {
    Matcher block = BLOCK.matcher(name);
    Matcher elsewhere = ELSEWHERE.matcher(name);
    if (block.matches()) {
      return Optional.ofNullable(inBlock.get(block.group(2)))
          .map(to -> block.group(1) + "." + to + ending(block.group(3)));
    }
    return elsewhere.matches()
        ? Optional.ofNullable(outside.get(elsewhere.group(1)))
            .map(to -> to + ending(elsewhere.group(2)))
        : Optional.empty();
  }

  private static String ending(@Nullable String ending) {
    return ending == null ? "" : ending;
  }
}
