package io.zoetrope.network.classifier;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Shape of a {@link VideoClassifier}.
 *
 * @param side pixels on a side that videos are scaled to
 * @param patch pixels on a side that the first layer folds into channels
 * @param widths channels at each resolution, finest first; each further one halves the size. The
 *     last one is the number of features
 * @param blocks residual blocks at each resolution
 * @param heads labels of each question that the classifier answers
 */
public record ClassifierConfig(
    @JsonProperty("side") int side,
    @JsonProperty("patch") int patch,
    @JsonProperty("widths") List<Integer> widths,
    @JsonProperty("blocks") int blocks,
    @JsonProperty("heads") SequencedMap<String, List<String>> heads) {

  /** Named sizes, still without heads; "toybox" is the bundled one's. */
  private static final Map<String, ClassifierConfig> SIZES =
      Map.of(
          "tiny", new ClassifierConfig(16, 4, List.of(8, 16), 1, new LinkedHashMap<>()),
          "toybox", new ClassifierConfig(64, 4, List.of(48, 96, 128), 2, new LinkedHashMap<>()));

  public ClassifierConfig {
    widths = List.copyOf(widths);
    if (patch < 1 || blocks < 1 || widths.isEmpty() || side < 1) {
      throw new UserError(
          Fault.INVALID, "a classifier needs side, patch and blocks of at least 1, and widths");
    }
    if (side % (patch << (widths.size() - 1)) != 0) {
      throw new UserError(
          Fault.INVALID,
          "a classifier's side must be a multiple of %s, not %s"
              .formatted(patch << (widths.size() - 1), side));
    }
    for (int width : widths) {
      if (width < 8 || width % 8 != 0) {
        throw new UserError(
            Fault.INVALID, "classifier widths must be multiples of 8, not " + width);
      }
    }
  }

  /**
   * A named size, without heads.
   *
   * @throws UserError if there is no size of that name
   */
  public static ClassifierConfig size(String name) {
    ClassifierConfig config = SIZES.get(name);
    if (config == null) {
      throw new UserError(
          Fault.INVALID,
          "unknown size '" + name + "'",
          "use one of " + SIZES.keySet().stream().sorted().toList());
    }
    return config;
  }

  /** The same with questions to answer. */
  public ClassifierConfig withHeads(SequencedMap<String, List<String>> questions) {
    return new ClassifierConfig(side, patch, widths, blocks, questions);
  }

  /** How many features a video has. */
  public int features() {
    return widths.getLast();
  }
}
