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
 */
public record Captions(
    Optional<String> prefix,
    Optional<String> suffix,
    @Default("[]") List<String> templates,
    @Default("false") boolean shuffle,
    @Default("0") int keep,
    @Default("0.0") double tagDropout) {
  /** As they are. */
  public static final Captions PLAIN =
      new Captions(Optional.empty(), Optional.empty(), List.of(), false, 0, 0);

  public Captions {
    templates = List.copyOf(templates);
    Limits.USUAL.real("tagDropout", 0, 1, tagDropout);
    if (keep < 0 || keep > 1000) {
      throw new UserError(Fault.INVALID, "keep must be 0 to 1000, is " + keep);
    }
    if (keep > 0 && !shuffle && tagDropout == 0) {
      throw new UserError(
          Fault.INVALID,
          "keep has no effect where tags neither change places nor are left away",
          "add shuffle: true or tagDropout");
    }
  }

  /** What is told of a caption this time. */
  public String tell(String caption, SplittableRandom random) {
    if (equals(PLAIN)) {
      return caption;
    }
    String told = shuffle || tagDropout > 0 ? tags(caption, random) : caption;
    if (!templates.isEmpty()) {
      told = templates.get(random.nextInt(templates.size())).replace("{}", told);
    }
    return around(told);
  }

  private String around(String told) {
    return (prefix.orElse("") + told + suffix.orElse("")).strip();
  }

  private String tags(String caption, SplittableRandom random) {
    List<String> all =
        new ArrayList<>(List.of(caption.split(",", -1)).stream().map(String::strip).toList());
    List<String> kept = new ArrayList<>(all.subList(0, Math.min(keep, all.size())));
    List<String> others = new ArrayList<>(all.subList(kept.size(), all.size()));
    if (shuffle) {
      Collections.shuffle(others, Random.from(random));
    }
    others.removeIf(tag -> random.nextDouble() < tagDropout);
    kept.addAll(others);
    return String.join(", ", kept);
  }

  /** All that may be told of some captions, but for what happens to their tags. */
  public List<String> all(List<String> captions) {
    List<String> told = new ArrayList<>();
    for (String caption : captions.stream().distinct().toList()) {
      for (String template : templates.isEmpty() ? List.of("{}") : templates) {
        told.add(around(template.replace("{}", caption)));
      }
    }
    return told.stream().distinct().toList();
  }
}
