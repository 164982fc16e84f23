package io.zoetrope.checkpoint.keys;

import io.zoetrope.checkpoint.WeightEntry;
import io.zoetrope.checkpoint.WeightSet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names of TAESD's weights in diffusers' terms. Its own code numbers the layers of one half,
 * {@code 3.conv.0.weight}, in a file for each; others put both into one, behind {@code
 * taesd_decoder.}, {@code decoder.} or, as diffusers does, {@code decoder.layers.}. Diffusers does
 * not count the first layer of the decoder, which has no weights.
 *
 * @param bare the half whose numbers stand alone; empty where both have their names
 * @param keys of the file
 */
record TaesdKeys(Optional<Half> bare, Collection<String> keys) {
  private static final Pattern NAME =
      Pattern.compile(
          "(?<prefix>(?:(?:taesd_)?(?<half>encoder|decoder)\\.(?:layers\\.)?)?)"
              + "(?<layer>\\d{1,4})\\.(?<rest>.+)");

  /** A kernel that sees as much as it adds to; in TAEHV it sees twice as much. */
  private static final String BLOCK = "conv.0.weight";

  private static final long RGB = 3;

  /** One of the two networks. */
  enum Half {
    ENCODER,
    DECODER;

    /** As names of weights and of files have it. */
    String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    Half other() {
      return this == ENCODER ? DECODER : ENCODER;
    }
  }

  /** The names of a file; empty if it is none of these. */
  static Optional<TaesdKeys> of(WeightSet file) {
    Map<String, WeightEntry> entries = file.entries();
    Optional<Matcher> block =
        entries.keySet().stream()
            .map(NAME::matcher)
            .filter(m -> m.matches() && m.group("rest").equals(BLOCK))
            .filter(m -> square(Objects.requireNonNull(entries.get(m.group()))))
            .findFirst();
    return block.map(m ->
        new TaesdKeys(
            m.group("half") == null ? Optional.of(half(entries)) : Optional.empty(),
            entries.keySet()));
  }

  private static boolean square(WeightEntry entry) {
    List<Long> shape = entry.shape();
    return shape.size() == 4 && shape.get(0).equals(shape.get(1));
  }

  /** The first layer of an encoder sees pixels. */
  private static Half half(Map<String, WeightEntry> entries) {
    WeightEntry first = entries.get("0.weight");
    return first != null && first.shape().size() == 4 && first.shape().get(1) == RGB
        ? Half.ENCODER
        : Half.DECODER;
  }

  /** Diffusers' name; itself if the code has no such key. */
  String name(String key) {
    Matcher m = NAME.matcher(key);
    if (!m.matches()) {
      return key;
    }
    String half = m.group("half");
    String word = half == null ? bare.map(Half::word).orElse("") : half;
    if (word.isEmpty()) {
      return key;
    }
    boolean counted =
        word.equals(Half.DECODER.word()) && !keys.contains(m.group("prefix") + "0.weight");
    int layer = Integer.parseInt(m.group("layer")) - (counted ? 1 : 0);
    return "%s.layers.%s.%s".formatted(word, layer, m.group("rest"));
  }

  /** The file of the other half: beside that of one, called the same but for the half's word. */
  Optional<Path> beside(Path path) {
    String name = String.valueOf(path.getFileName());
    return bare.map(half -> path.resolveSibling(name.replace(half.word(), half.other().word())))
        .filter(other -> !other.equals(path) && Files.isRegularFile(other));
  }
}
