package io.zoetrope.pixels;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The annotators that need nothing but the pixels, by the names that controls have. */
public final class Annotators {
  private static final Map<String, Annotator> ALL = new LinkedHashMap<>();

  static {
    for (Annotator one :
        List.of(Canny.USUAL, Drawing.LINEART, Drawing.SCRIBBLE, Silhouette.USUAL)) {
      ALL.put(one.word(), one);
    }
  }

  /** Other words for one of them, in names of controls. */
  private static final Map<String, String> ALSO =
      Map.of("edge", "canny", "line-art", "lineart", "line_art", "lineart", "sketch", "scribble");

  private Annotators() {}

  /** Their names, with what is said between two of them. */
  public static String names() {
    return String.join(", ", ALL.keySet());
  }

  /** Whether there is one of this name. */
  public static boolean known(String name) {
    return ALL.containsKey(name);
  }

  /**
   * One by its name.
   *
   * @throws UserError if there is none of that name
   */
  public static Annotator of(String name) {
    Annotator annotator = ALL.get(name);
    if (annotator == null) {
      throw new UserError(
          Fault.INVALID,
          "unknown annotator '%s'".formatted(name),
          "it is one of %s".formatted(names()));
    }
    return annotator;
  }

  /**
   * The name of the one that a text speaks of, such as that of a control's folder: {@code
   * sd-controlnet-canny}.
   */
  public static Optional<String> meant(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    return ALL.keySet().stream()
        .filter(lower::contains)
        .findFirst()
        .or(() ->
            ALSO.entrySet().stream()
                .filter(other -> lower.contains(other.getKey()))
                .map(Map.Entry::getValue)
                .sorted()
                .findFirst());
  }
}
