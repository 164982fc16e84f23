package io.zoetrope.jobs.worker;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.pipeline.family.Ability;
import io.zoetrope.pipeline.family.Beside;
import io.zoetrope.pipeline.model.ModelSketch;
import io.zoetrope.pipeline.order.TaskSpec;
import io.zoetrope.record.RecordReader;
import java.util.List;

/** Which tasks a model can do. */
final class ModelTasks {
  private static final List<String> ALL =
      List.of(
          "generate",
          "animate",
          "interpolate",
          "loop",
          "extend",
          "restyle",
          "refine",
          "travel",
          "roll");

  private ModelTasks() {}

  /** By name. */
  static List<String> of(ModelSketch sketch) {
    if (!sketch.can(Ability.VIDEO)) {
      return List.of("generate", "animate", "restyle");
    }
    return sketch.beside().map(ModelTasks::shown).orElse(ALL);
  }

  /** Those that show a network what it is to be shown. */
  private static List<String> shown(Beside beside) {
    return switch (beside) {
      case Beside.Mask mask -> List.of("generate", "animate", "interpolate", "extend", "restyle");
      case Beside.GivenPixels given -> List.of("generate", "animate", "interpolate");
      case Beside.Picture picture -> List.of("animate", "interpolate", "loop", "extend", "restyle");
      case Beside.Structure structure -> List.of("restyle");
      case Beside.Smaller smaller -> List.of();
      case Beside.Slower slower -> List.of();
      case Beside.Pixels pixels -> List.of();
      case Beside.Known known -> List.of("generate", "animate", "interpolate", "extend");
    };
  }

  /**
   * Requires that a model can do a task.
   *
   * @throws UserError if it cannot
   */
  static void require(TaskSpec task, ModelSketch sketch) {
    String name = RecordReader.kind(TaskSpec.class, task.getClass());
    List<String> all = of(sketch);
    // Cascades name their models, and are looked at as they are made.
    if (ALL.contains(name) && task.begins().isEmpty() && !all.contains(name)) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "this model cannot %s".formatted(name),
          all.isEmpty() ? "take another" : "it can " + String.join(", ", all));
    }
  }
}
