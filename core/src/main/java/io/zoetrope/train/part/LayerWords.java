package io.zoetrope.train.part;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.nn.NamePattern;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Predicate;

/**
 * Words for groups of layers, whatever the network calls them: {@code attention}, {@code
 * image-attention}, {@code time-attention}, {@code feed-forward}; {@code transformer}, which is all
 * around image attention, and {@code conv}, the convolutions of 3x3 in blocks and between sizes, as
 * kohya's sd-scripts choose them; {@code all}.
 */
final class LayerWords {
  private static final Predicate<String> ATTENTION =
      any("*attn*.to_*", "*temp_attentions.*.to_*", "*self_attn.*");
  private static final Predicate<String> TIME =
      any(
          "*motion_modules.*",
          "*temp_attentions.*",
          "*attn_temp.*",
          "transformer_in.*",
          "*temporal_transformer_blocks.*",
          "*temporal_res_block.*");

  private static final SequencedMap<String, Predicate<String>> WORDS = new LinkedHashMap<>();

  static {
    WORDS.put("attention", ATTENTION);
    WORDS.put("image-attention", ATTENTION.and(TIME.negate()));
    WORDS.put("time-attention", ATTENTION.and(TIME));
    WORDS.put("feed-forward", any("*ff.net.*", "*mlp.*"));
    WORDS.put("transformer", any("*attentions.*").and(TIME.negate()));
    WORDS.put(
        "conv", any("*resnets.*.conv1", "*resnets.*.conv2", "*samplers.*.conv").and(TIME.negate()));
    WORDS.put("all", name -> true);
  }

  private LayerWords() {}

  private static Predicate<String> any(String... patterns) {
    return name ->
        List.of(patterns).stream().anyMatch(pattern -> NamePattern.matches(pattern, name));
  }

  /**
   * The names that words or patterns mean, in their order.
   *
   * @param targets words, or patterns with * for any part
   * @param names there are
   * @throws UserError if one means none
   */
  static List<String> choose(List<String> targets, Collection<String> names) {
    List<Predicate<String>> wanted =
        targets.stream().map(target -> WORDS.getOrDefault(target, any(target))).toList();
    for (int i = 0; i < wanted.size(); i++) {
      if (names.stream().noneMatch(wanted.get(i))) {
        throw new UserError(
            Fault.MISMATCH,
            "the network has nothing that '%s' means".formatted(targets.get(i)),
            "there are the words %s, and names such as '%s'"
                .formatted(
                    String.join(", ", WORDS.sequencedKeySet()),
                    names.stream().findFirst().orElse("")));
      }
    }
    return names.stream().filter(name -> wanted.stream().anyMatch(w -> w.test(name))).toList();
  }
}
