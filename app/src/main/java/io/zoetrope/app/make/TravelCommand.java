package io.zoetrope.app.make;

import io.zoetrope.app.cli.option.PlanOption;
import io.zoetrope.app.cli.option.ShapeOptions;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.app.cli.words.UsageError;
import io.zoetrope.app.make.option.CueOptions;
import io.zoetrope.app.make.option.JoinOptions;
import io.zoetrope.app.make.option.LengthOptions;
import io.zoetrope.pipeline.order.Made;
import io.zoetrope.pipeline.order.TaskSpec;
import io.zoetrope.pipeline.order.TravelSpec;
import io.zoetrope.pipeline.task.Travel.Turn;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code zoetrope travel}. */
@Command(
    name = "travel",
    description = {
      "Makes a video whose prompt changes on the way.",
      "It ends one clip after the last --at, unless --frames says where.",
      "As in: zoetrope travel --at 0 \"a red ball moves right\" --at 24 \"a red ball moves left\""
    })
public final class TravelCommand extends MakeVerb {
  private static final String EXAMPLE = "zoetrope travel --at 0 \"A\" --at 24 \"B\"";

  /** Where prompts change, as people type it. */
  enum Edge {
    between,
    within
  }

  @Option(
      names = "--turn",
      paramLabel = "WHERE",
      defaultValue = "between",
      description = {
        "Prompts change between clips, whose shared frames are made again on a ramp of noise, or"
            + " within them (default: ${DEFAULT-VALUE})."
      })
  private Edge turn = Edge.between;

  @Mixin private final CueOptions cues = new CueOptions();
  @Mixin private final LengthOptions shape = new LengthOptions();
  @Mixin private final JoinOptions join = new JoinOptions();
  @Mixin private final PlanOption plan = new PlanOption();

  public TravelCommand(Session session) {
    super(session);
  }

  @Override
  protected TaskSpec task() {
    if (!cues.given()) {
      throw new UsageError("there are no prompts: say %s".formatted(EXAMPLE));
    }
    return new TravelSpec(
        cues.cues(),
        turn == Edge.between ? Turn.BETWEEN_CLIPS : Turn.WITHIN_CLIPS,
        join.join(),
        plan.read(session(), shape.frames(), steps()));
  }

  @Override
  protected List<String> prompts() {
    return cues.prompts(EXAMPLE);
  }

  @Override
  protected ShapeOptions shape() {
    return shape;
  }

  @Override
  Map<String, @Nullable Object> fields(Made made) {
    return cues.fields();
  }
}
