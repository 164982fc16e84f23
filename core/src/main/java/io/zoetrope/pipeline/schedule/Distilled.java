package io.zoetrope.pipeline.schedule;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.error.Fault;
import io.zoetrope.error.Mend;
import io.zoetrope.error.UserError;
import io.zoetrope.record.Limits;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What a model that was distilled to few steps knows: its scheduler's file says so under {@code
 * distilled}. It knows the levels i / N alone, and is wrong at any other.
 *
 * @param way by which it was distilled
 * @param levels N, above level 0
 * @param least smallest scale of guidance that its network was taught; 1 where it is told none
 * @param most largest scale
 */
public record Distilled(
    @JsonProperty("way") Way way,
    @JsonProperty("levels") int levels,
    @JsonProperty("guidance_from") double least,
    @JsonProperty("guidance_to") double most) {
  /** How many steps there are at most. */
  private static final int MOST = 1000;

  /** By what a step of it is made. */
  public enum Way {
    /** Straight from one of its levels to the next (Salimans and Ho 2022). */
    @JsonProperty("progressive")
    PROGRESSIVE("flow-euler", List.of("flow-euler", "ddim", "euler")),

    /** To the clean video, which is noised to the next level (Luo et al. 2023). */
    @JsonProperty("consistency")
    CONSISTENCY("lcm", List.of("lcm"));

    private final String sampler;
    private final List<String> samplers;

    Way(String sampler, List<String> samplers) {
      this.sampler = sampler;
      this.samplers = samplers;
    }

    /** The sampler that it is used best with, by name. */
    public String sampler() {
      return sampler;
    }
  }

  public Distilled {
    Limits.USUAL.whole("levels", 1, MOST, levels);
    if (!(least >= 0 && most >= least && most <= 100)) {
      throw new UserError(
          Fault.INVALID, "guidance was taught from %s to %s: no range".formatted(least, most));
    }
  }

  /**
   * Requires that a sampler, in so many steps, goes by its levels.
   *
   * @throws UserError if it does not, with what would do
   */
  void require(String sampler, int steps) {
    if (!way.samplers.contains(sampler)) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "this model was distilled for other steps than those of the sampler " + sampler,
          Mend.of("take ")
              .and(Mend.Knob.SAMPLER, way.sampler)
              .and(
                  way.samplers.size() == 1
                      ? ""
                      : " or "
                          + String.join(" or ", way.samplers.subList(1, way.samplers.size()))));
    }
    boolean lands = way == Way.CONSISTENCY ? steps <= levels : levels % steps == 0;
    if (!lands) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "this model was distilled to the %s levels 1/%s to 1, and %s steps do not land on them"
              .formatted(levels, levels, steps),
          Mend.of("take ").and(Mend.Knob.STEPS, stepsThatDo()));
    }
  }

  /** Its levels for so many steps, from 1 to 0: the nearest ones, where they are not all. */
  double[] spacing(int steps) {
    return IntStream.rangeClosed(0, steps)
        .mapToDouble(i -> Math.rint((double) (steps - i) * levels / steps) / levels)
        .toArray();
  }

  private String stepsThatDo() {
    if (way == Way.CONSISTENCY) {
      return "1 to " + levels;
    }
    return IntStream.rangeClosed(1, levels)
        .filter(n -> levels % n == 0)
        .mapToObj(Integer::toString)
        .collect(Collectors.joining(", "));
  }

  /**
   * Requires that every step of a plan lands on its levels.
   *
   * @throws UserError if one does not, with the levels that would do
   */
  public void require(TimestepPlan plan) {
    for (int row = 0; row <= plan.steps(); row++) {
      for (int frame = 0; frame < plan.frames(); frame++) {
        double u = plan.level(row, frame);
        if (Math.abs(u * levels - Math.rint(u * levels)) > 1e-6) {
          throw new UserError(
              Fault.UNSUPPORTED,
              "row %s of the plan has frame %s at level %s, which this model was not distilled for"
                  .formatted(row, frame, String.format(Locale.ROOT, "%.3f", u)),
              "the levels that would do are 0 to 1 in steps of 1/%s".formatted(levels));
        }
      }
    }
  }

  /**
   * Requires that it was taught a scale of guidance.
   *
   * @throws UserError if it was not
   */
  public void requireGuidance(double scale) {
    if (!(scale >= least - 1e-9 && scale <= most + 1e-9)) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "guidance is in this model's network, which was taught scales of %s to %s, not %s"
              .formatted(least, most, scale),
          Mend.of("take one of them with ").and(Mend.Knob.GUIDANCE));
    }
  }
}
