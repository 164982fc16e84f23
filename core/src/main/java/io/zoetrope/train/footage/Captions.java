package io.zoetrope.train.footage;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.record.Default;
import io.zoetrope.record.Limits;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * How captions are told in training, each time anew (the conventions of kohya's sd-scripts): tags
 * are what stands between commas.
 *
 * @param prefix before each, as it is
 * @param suffix behind each
 * @param templates one is drawn and told, with the caption for {@code {}}; none for the caption
 *     itself
 * @param shuffle whether tags change places
 * @param keep first tags that neither do nor are left away
 * @param tagDropout probability that a tag is left away
 * @param wildcards whether one of {@code {red|blue}} is told, in captions and what stands around
 *     them
 * @param keepUpTo in place of keep: what of a caption stands before it stays as it is, and so does
 *     what stands behind a second one; {@code |||} elsewhere
 */
public record Captions(
    Optional<String> prefix,
    Optional<String> suffix,
    @Default("[]") List<String> templates,
    @Default("false") boolean shuffle,
    @Default("0") int keep,
    @Default("0.0") double tagDropout,
    @Default("false") boolean wildcards,
    Optional<String> keepUpTo) {
  /** As they are. */
  public static final Captions PLAIN =
      new Captions(Optional.empty(), Optional.empty(), List.of(), false, 0, 0);

  /** Without wildcards. */
  public Captions(
      Optional<String> prefix,
      Optional<String> suffix,
      List<String> templates,
      boolean shuffle,
      int keep,
      double tagDropout) {
    this(prefix, suffix, templates, shuffle, keep, tagDropout, false, Optional.empty());
  }

  public Captions {
    templates = List.copyOf(templates);
    Limits.USUAL.real("tagDropout", 0, 1, tagDropout);
    if (keep < 0 || keep > 1000) {
      throw new UserError(Fault.INVALID, "keep must be 0 to 1000, is " + keep);
    }
    if ((keep > 0 || keepUpTo.isPresent()) && !shuffle && tagDropout == 0) {
      throw new UserError(
          Fault.INVALID,
          "%s has no effect where tags neither change places nor are left away"
              .formatted(keep > 0 ? "keep" : "keepUpTo"),
          "add shuffle: true or tagDropout");
    }
    if (keep > 0 && keepUpTo.isPresent()) {
      throw new UserError(Fault.INVALID, "keep and keepUpTo say the same", "say one of the two");
    }
    if (keepUpTo.map(String::isBlank).orElse(false)) {
      throw new UserError(Fault.INVALID, "keepUpTo is empty", "say what captions have, like |||");
    }
  }

  /**
   * Requires that what is to be done to some captions changes any of them.
   *
   * @throws UserError if it does not
   */
  public void requireEffect(List<String> captions) {
    if (wildcards
        && Stream.of(captions.stream(), templates.stream(), prefix.stream(), suffix.stream())
            .flatMap(texts -> texts)
            .noneMatch(Wildcards::in)) {
      throw new UserError(
          Fault.INVALID,
          "wildcards have no effect: no caption has any, like {red|blue}",
          "leave wildcards out");
    }
    keepUpTo.ifPresent(mark -> {
      if (captions.stream().noneMatch(caption -> caption.contains(mark))) {
        throw new UserError(
            Fault.INVALID,
            "keepUpTo has no effect: no caption has '%s'".formatted(mark),
            "leave keepUpTo out");
      }
    });
  }

  /** What is told of a caption this time. */
  public String tell(String caption, SplittableRandom random) {
    if (equals(PLAIN)) {
      return caption;
    }
    IntUnaryOperator choose = random::nextInt;
    String chosen = choices(caption, choose);
    String told = shuffle || tagDropout > 0 ? tags(chosen, random) : chosen;
    String template = templates.isEmpty() ? "{}" : templates.get(random.nextInt(templates.size()));
    return around(template, told, choose);
  }

  private String choices(String text, IntUnaryOperator choose) {
    return wildcards ? Wildcards.chosen(text, choose) : text;
  }

  private String around(String template, String told, IntUnaryOperator choose) {
    return (choices(prefix.orElse(""), choose)
            + choices(template, choose).replace("{}", told)
            + choices(suffix.orElse(""), choose))
        .strip();
  }

  private String tags(String caption, SplittableRandom random) {
    List<String> parts =
        keepUpTo.map(mark -> List.of(caption.split(Pattern.quote(mark), 3))).orElse(List.of());
    boolean marked = parts.size() > 1;
    List<String> kept = marked ? list(parts.getFirst()) : new ArrayList<>();
    List<String> others = list(marked ? parts.get(1) : caption);
    int first = Math.min(keep, others.size());
    kept.addAll(others.subList(0, first));
    others.subList(0, first).clear();
    if (shuffle) {
      Collections.shuffle(others, Random.from(random));
    }
    others.removeIf(tag -> random.nextDouble() < tagDropout);
    kept.addAll(others);
    kept.addAll(parts.size() > 2 ? list(parts.get(2)) : List.of());
    return String.join(", ", kept);
  }

  private static List<String> list(String tags) {
    return new ArrayList<>(
        Stream.of(tags.split(",", -1)).map(String::strip).filter(tag -> !tag.isEmpty()).toList());
  }

  /**
   * All that may be told of some captions, but for what happens to their tags; each choice of
   * wildcards at least once.
   */
  public List<String> all(List<String> captions) {
    List<String> told = new ArrayList<>();
    for (String caption : captions.stream().distinct().toList()) {
      String plain = keepUpTo.map(mark -> caption.replace(mark, ", ")).orElse(caption);
      for (String template : templates.isEmpty() ? List.of("{}") : templates) {
        int most =
            wildcards
                ? Stream.of(plain, template, prefix.orElse(""), suffix.orElse(""))
                    .mapToInt(Wildcards::most)
                    .max()
                    .orElseThrow()
                : 1;
        for (int i = 0; i < most; i++) {
          int number = i;
          IntUnaryOperator choose = count -> number % count;
          told.add(around(template, choices(plain, choose), choose));
        }
      }
    }
    return told.stream().distinct().toList();
  }
}
