package io.zoetrope.checkpoint.keys;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names of the network in single files of Stable Video Diffusion in diffusers' terms: those of
 * {@link StableDiffusionKeys}, and in each block what looks across frames.
 */
final class StableVideoKeys {
  private static final String TIME = "(time_stack|time_mixer|time_pos_embed)";
  private static final Pattern OVER_TIME = Pattern.compile("(.+)\\." + TIME + "\\.(.+)");
  private static final Pattern RESNET = Pattern.compile("(.*resnets\\.\\d+)\\.(.+)");
  private static final Pattern ATTENTION =
      Pattern.compile("(?:(?:in|out)put_blocks\\.\\d+|middle_block)\\.1");

  /** Of any residual block: by its place its own is known. */
  private static final String SIBLING = "in_layers.0.weight";

  private static final Map<String, String> ENDS =
      Map.of(
          "label_emb.0.0", "add_embedding.linear_1",
          "label_emb.0.2", "add_embedding.linear_2");
  private static final Map<String, String> NUMBERS = Map.of("0", "linear_1", "2", "linear_2");

  private StableVideoKeys() {}

  /**
   * Diffusers' name of a weight of the network; empty if it is none.
   *
   * @param key without the prefix of the network
   */
  static Optional<String> name(String key) {
    int dot = key.lastIndexOf('.');
    Optional<String> end =
        dot < 0
            ? Optional.empty()
            : Optional.ofNullable(ENDS.get(key.substring(0, dot)))
                .map(layer -> layer + key.substring(dot));
    if (end.isPresent()) {
      return end;
    }
    Matcher time = OVER_TIME.matcher(key);
    if (time.matches()) {
      return overTime(time.group(1), time.group(2), time.group(3));
    }
    return StableDiffusionKeys.unet(key)
        .map(image -> {
          Matcher resnet = RESNET.matcher(image);
          return resnet.matches()
              ? resnet.group(1) + ".spatial_res_block." + resnet.group(2)
              : image;
        });
  }

  private static Optional<String> overTime(String block, String part, String rest) {
    if (ATTENTION.matcher(block).matches()) {
      Optional<String> at = StableDiffusionKeys.unet(block + ".norm.weight");
      return at.map(name -> name.substring(0, name.length() - "norm.weight".length()))
          .flatMap(place -> ofAttention(part, rest).map(inner -> place + inner));
    }
    return StableDiffusionKeys.unet(block + "." + SIBLING)
        .map(RESNET::matcher)
        .filter(Matcher::matches)
        .map(Matcher::group)
        .flatMap(sibling ->
            ofResnet(block, part, rest)
                .map(inner ->
                    sibling.substring(0, sibling.length() - "norm1.weight".length()) + inner));
  }

  private static Optional<String> ofAttention(String part, String rest) {
    return switch (part) {
      case "time_stack" -> Optional.of("temporal_transformer_blocks." + rest);
      case "time_mixer" -> Optional.of("time_mixer." + rest);
      default -> {
        int dot = rest.indexOf('.');
        yield Optional.ofNullable(NUMBERS.get(rest.substring(0, Math.max(0, dot))))
            .map(layer -> "time_pos_embed." + layer + rest.substring(dot));
      }
    };
  }

  private static Optional<String> ofResnet(String block, String part, String rest) {
    if (part.equals("time_mixer")) {
      return Optional.of("time_mixer." + rest);
    }
    return StableDiffusionKeys.unet(block + "." + rest)
        .map(RESNET::matcher)
        .filter(Matcher::matches)
        .map(matcher -> "temporal_res_block." + matcher.group(2));
  }
}
