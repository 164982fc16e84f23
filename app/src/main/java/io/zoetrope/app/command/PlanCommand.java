package io.zoetrope.app.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.zoetrope.app.cli.Result;
import io.zoetrope.app.cli.Session;
import io.zoetrope.app.cli.UsageError;
import io.zoetrope.app.cli.Values;
import io.zoetrope.app.cli.Verb;
import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.TimestepPlan;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code zoetrope plan}. */
@Command(
    name = "plan",
    description = {
      "Shows a task as its timestep plan: frames across, steps down, darker is noisier.",
      "What a task is lies all in this table; the sampler only walks down it."
    })
public final class PlanCommand extends Verb {
  /** Tasks that have a plan, by the command that runs it. */
  enum Task {
    /** Every frame falls from noise to clean together. */
    generate,
    /** The first frame is given. */
    animate,
    /** First and last frame are given. */
    interpolate,
    /** One image is the first and the last frame. */
    loop,
    /** The last frames of a clip are given, the others continue it. */
    extend,
    /** A whole clip is given and starts at a strength below 1. */
    restyle,
    /** Each frame starts some steps after the frame before it. */
    pyramid
  }

  @Parameters(paramLabel = "TASK", description = "${COMPLETION-CANDIDATES}.")
  private Task task = Task.generate;

  @Option(
      names = "--frames",
      paramLabel = "N",
      converter = Values.Frames.class,
      defaultValue = "16",
      description = "Number of frames (default: ${DEFAULT-VALUE}).")
  private int frames;

  @Option(
      names = "--steps",
      paramLabel = "N",
      converter = Values.Steps.class,
      defaultValue = "12",
      description = "Number of sampler steps (default: ${DEFAULT-VALUE}).")
  private int steps;

  @Option(
      names = "--given",
      paramLabel = "N",
      converter = Values.Frames.class,
      defaultValue = "4",
      description = "extend: how many frames are given (default: ${DEFAULT-VALUE}).")
  private int given;

  @Option(
      names = "--strength",
      paramLabel = "S",
      converter = Values.Strength.class,
      defaultValue = "0.6",
      description = "restyle: how much noise the given clip gets (default: ${DEFAULT-VALUE}).")
  private double strength;

  @Option(
      names = "--delay",
      paramLabel = "N",
      converter = Values.Steps.class,
      defaultValue = "1",
      description = "pyramid: steps from frame to frame (default: ${DEFAULT-VALUE}).")
  private int delay;

  @Option(names = "--ascii", description = "Draw it as text: what happens anyway.")
  private boolean ascii;

  @Option(names = "--plain", description = "Draw with letters of 7 bits only.")
  private boolean plain;

  public PlanCommand(Session session) {
    super(session);
  }

  @Override
  protected Result run() throws JsonProcessingException {
    TimestepPlan plan = plan();
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("task", task.name());
    fields.put("steps", plan.steps());
    fields.put("frames", plan.frames());
    fields.put("plan", new ObjectMapper().readTree(plan.toJson()));
    String picture = plain ? plan.toPlainAscii() : plan.toAscii();
    return Result.of(picture.stripTrailing(), fields);
  }

  private TimestepPlan plan() {
    int needed =
        switch (task) {
          case generate, pyramid, restyle -> 1;
          case animate -> 2;
          case interpolate, loop -> 3;
          case extend -> given + 1;
        };
    if (frames < needed) {
      throw new UsageError(
          "%s needs at least %d frames, not %d: raise --frames".formatted(task, needed, frames));
    }
    double[] levels = NoiseSchedule.flow(1).spacing(steps);
    TimestepPlan uniform = TimestepPlan.uniform(levels, frames);
    return switch (task) {
      case generate -> uniform;
      case animate -> uniform.holdClean(0);
      case interpolate, loop -> uniform.holdClean(0).holdClean(frames - 1);
      case extend -> uniform.hold(frame -> frame < given, 0);
      case restyle -> uniform.startAt(strength);
      case pyramid -> TimestepPlan.pyramid(levels, frames, delay);
    };
  }
}
