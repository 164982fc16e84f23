package io.zoetrope.curation.choose;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Which clips stay, and what each bound costs. A query over what was measured: it computes nothing
 * else, and may be asked as often as one likes.
 *
 * @param kept keys of clips
 * @param costs of each bound, in order
 */
public record Choice(SortedSet<String> kept, List<Cost> costs) {
  public Choice {
    kept = new TreeSet<>(kept);
    costs = List.copyOf(costs);
  }

  /**
   * What a bound costs.
   *
   * @param bound as it was typed
   * @param value what it came to; empty if there was nothing to go by
   * @param sample clips that it was chosen on
   * @param alone clips that it leaves out
   * @param more clips that it leaves out which those before it did not
   * @param left clips that are left behind it
   */
  public record Cost(
      String bound, Optional<Double> value, int sample, int alone, int more, int left) {}

  /** What was measured of clips. */
  @FunctionalInterface
  public interface Values {
    /** A measure of a clip; empty if it has none. */
    Optional<Double> of(String measure, String clip);
  }

  /**
   * Chooses.
   *
   * @param clips that are there
   * @param sample of them, on which quantiles are taken
   */
  public static Choice of(
      Collection<String> clips, Collection<String> sample, List<Bound> bounds, Values values) {
    Set<String> left = new LinkedHashSet<>(clips);
    List<Cost> costs = new ArrayList<>();
    for (Bound bound : bounds) {
      double[] known =
          sample.stream()
              .map(clip -> values.of(bound.measure(), clip))
              .flatMap(Optional::stream)
              .mapToDouble(v -> v)
              .toArray();
      Optional<Double> value = bound.value(known);
      int before = left.size();
      int alone = 0;
      if (value.isPresent()) {
        for (String clip : clips) {
          if (!bound.keeps(values.of(bound.measure(), clip), value.get())) {
            alone++;
            left.remove(clip);
          }
        }
      }
      costs.add(
          new Cost(
              bound.toString(), value, known.length, alone, before - left.size(), left.size()));
    }
    return new Choice(new TreeSet<>(left), costs);
  }

  /** So many of the clips, the same of the same clips: by numbers made of their keys. */
  public static List<String> sample(Collection<String> clips, int most) {
    return clips.stream()
        .sorted(Comparator.comparingLong(Choice::mixed).thenComparing(clip -> clip))
        .limit(most)
        .toList();
  }

  private static long mixed(String key) {
    long h = 0xcbf29ce484222325L;
    for (int i = 0; i < key.length(); i++) {
      h = (h ^ key.charAt(i)) * 0x100000001b3L;
    }
    h = (h ^ h >>> 33) * 0xff51afd7ed558ccdL;
    return h ^ h >>> 33;
  }

  /** The value below which a share of sorted ones lie; for reports. */
  public static double quantile(double[] sorted, double share) {
    return sorted[(int) Math.clamp(Math.round(share * (sorted.length - 1)), 0, sorted.length - 1)];
  }

  /** Of a table of rows by key. */
  public static Values in(Map<String, Map<String, Double>> byMeasure) {
    return (measure, clip) ->
        Optional.ofNullable(byMeasure.getOrDefault(measure, Map.of()).get(clip));
  }
}
