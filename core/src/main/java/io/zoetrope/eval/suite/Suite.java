package io.zoetrope.eval.suite;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Measures one task on many seeds. */
@FunctionalInterface
public interface Suite {
  /**
   * Runs it.
   *
   * @throws java.util.concurrent.CancellationException when the bench's watcher says so
   */
  Report run(Bench bench);

  /** Names of all suites. */
  static List<String> names() {
    return List.copyOf(table(RollSuite.WINDOW).keySet());
  }

  /**
   * A suite by name.
   *
   * @param frames of long videos that {@code roll} makes
   * @throws UserError if there is none of that name
   */
  static Suite of(String name, int frames) {
    Suite suite = table(frames).get(name);
    if (suite == null) {
      throw new UserError(
          Fault.NOT_FOUND,
          "there is no suite '%s'".formatted(name),
          "it is one of %s".formatted(String.join(", ", names())));
    }
    return suite;
  }

  /**
   * The overlaps that clips of so many frames can have; all of a clip is none, as it would never
   * end.
   *
   * @throws UserError if none is left
   */
  static List<Integer> fit(List<Integer> overlaps, int clip) {
    List<Integer> fit = overlaps.stream().filter(m -> m < clip).toList();
    if (fit.isEmpty()) {
      throw new UserError(
          Fault.INVALID,
          "clips of %s frames cannot share %s: the model makes too few for this suite"
              .formatted(clip, overlaps));
    }
    return fit;
  }

  private static Map<String, Suite> table(int frames) {
    Map<String, Suite> suites = new LinkedHashMap<>();
    suites.put("animate", new AnimateSuite());
    suites.put("interpolate", new InterpolateSuite());
    suites.put("loop", new LoopSuite());
    suites.put("restyle", new RestyleSuite(List.of(0.2, 0.4, 0.6, 0.8, 1.0)));
    suites.put("refine", new RefineSuite(2, 0.4));
    suites.put("extend", new ExtendSuite(64, List.of(1, 4, 8)));
    suites.put("travel", new TravelSuite(16, 40, List.of(4, 8)));
    suites.put("roll", new RollSuite(frames, RollSuite.WINDOW, 4));
    return suites;
  }
}
