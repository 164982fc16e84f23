package io.zoetrope.train;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One term of a loss: a forward and a backward pass of its own. All passes of a micro-batch draw
 * the same random numbers, so that they see the same clips and the same noise.
 *
 * @param name before its figures in the log; empty for the only one
 * @param objective what is minimised
 * @param weight of it
 * @param share of the micro-batches in which it is made, above 0 to 1
 * @param scales how strongly parts act meanwhile, by their names; those not named act wholly
 * @param learn names of the parts that learn from it; empty for all
 */
public record Pass(
    String name,
    Objective objective,
    double weight,
    double share,
    Map<String, Double> scales,
    Set<String> learn) {
  public Pass {
    requireNumbers(weight, share);
    scales = Collections.unmodifiableMap(new LinkedHashMap<>(scales));
    learn = Set.copyOf(learn);
    for (Map.Entry<String, Double> scale : scales.entrySet()) {
      if (!(Math.abs(scale.getValue()) <= 1000)) {
        throw new UserError(
            Fault.INVALID,
            "pass '%s': the scale of '%s' must be -1000 to 1000, is %s"
                .formatted(name, scale.getKey(), scale.getValue()));
      }
    }
  }

  /** Requires that there can be such a pass. */
  public static void requireNumbers(double weight, double share) {
    if (!(weight > 0 && weight <= 1e6)) {
      throw new UserError("weight must be above 0 and at most 1000000, is " + weight);
    }
    if (!(share > 0 && share <= 1)) {
      throw new UserError("share must be above 0 and at most 1, is " + share);
    }
  }

  /** The only pass: of all parts, in every micro-batch. */
  public static Pass of(Objective objective) {
    return new Pass("", objective, 1, 1, Map.of(), Set.of());
  }

  /** How strongly a part acts meanwhile. */
  double scale(TrainedPart part) {
    return scales.getOrDefault(part.name(), 1.0);
  }

  /** Whether a part learns from it; what does not act cannot. */
  boolean teaches(TrainedPart part) {
    return scale(part) != 0 && (learn.isEmpty() || learn.contains(part.name()));
  }

  /** Whether all parts act wholly and learn. */
  boolean isPlain() {
    return learn.isEmpty() && scales.isEmpty();
  }

  /** Requires that the parts that it names are there. */
  void requireParts(List<TrainedPart> parts) {
    List<String> names = parts.stream().map(TrainedPart::name).toList();
    for (Set<String> named : List.of(scales.keySet(), learn)) {
      for (String one : named) {
        if (!names.contains(one)) {
          throw new UserError(
              "pass '%s' names the part '%s'; there are %s"
                  .formatted(name, one, String.join(", ", names)));
        }
      }
    }
    if (parts.stream().noneMatch(this::teaches)) {
      throw new UserError(
          Fault.INVALID, "pass '%s': no part both acts and learns in it".formatted(name));
    }
  }
}
