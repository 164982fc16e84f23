package io.zoetrope.server.api;

import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.error.UserError;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** All that is wrong with a plan, by cell: a reader stops at the first. */
final class PlanFaults {
  private static final int MOST = 100;

  private final List<Fault> faults = new ArrayList<>();

  /**
   * Something that is wrong.
   *
   * @param row -1 if it is about a whole column, or the plan
   * @param frame -1 if it is about a whole row, or the plan
   */
  record Fault(int row, int frame, String message) {}

  private PlanFaults() {}

  /** What is wrong; nothing if it can be used. */
  static List<Fault> of(JsonNode plan) {
    PlanFaults found = new PlanFaults();
    found.cells(plan.path("levels"), given(plan.path("given")));
    if (found.faults.isEmpty()) {
      try {
        TimestepPlan.fromJson(plan.toString());
      } catch (UserError e) {
        found.add(-1, -1, e.getMessage());
      }
    }
    return found.faults;
  }

  private static Set<Integer> given(JsonNode frames) {
    Set<Integer> given = new HashSet<>();
    frames.forEach(frame -> given.add(frame.asInt(-1)));
    return given;
  }

  private void add(int row, int frame, @org.jspecify.annotations.Nullable String message) {
    if (faults.size() < MOST) {
      faults.add(new Fault(row, frame, String.valueOf(message)));
    }
  }

  private void cells(JsonNode levels, Set<Integer> given) {
    int frames = levels.path(0).size();
    for (int row = 0; row < levels.size(); row++) {
      JsonNode cells = levels.get(row);
      if (cells.size() != frames) {
        add(
            row,
            -1,
            "row %s has %s frames where row 0 has %s".formatted(row, cells.size(), frames));
      }
      for (int frame = 0; frame < Math.min(frames, cells.size()); frame++) {
        JsonNode cell = cells.get(frame);
        double level = cell.asDouble(-1);
        if (!cell.isNumber() || !(level >= 0 && level <= 1)) {
          add(row, frame, "a level lies in 0 to 1, and %s does not".formatted(cell));
        } else if (row == 0 && level != 1 && !given.contains(frame)) {
          add(
              0,
              frame,
              "it starts at %s with nothing given: start it at 1, or give it".formatted(level));
        }
      }
    }
    for (int frame = 0; frame < frames && levels.size() > 1; frame++) {
      if (levels.get(levels.size() - 1).path(frame).asDouble(0) == 1) {
        add(levels.size() - 1, frame, "it ends as noise: let it fall");
      }
    }
  }
}
