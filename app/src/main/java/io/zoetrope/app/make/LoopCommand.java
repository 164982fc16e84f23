package io.zoetrope.app.make;

import io.zoetrope.app.cli.option.ClipOptions;
import io.zoetrope.app.cli.option.FitOption;
import io.zoetrope.app.cli.option.PromptOption;
import io.zoetrope.app.cli.option.ShapeOptions;
import io.zoetrope.app.cli.option.Values;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.app.make.option.CourseOption;
import io.zoetrope.app.make.option.HoldOptions;
import io.zoetrope.pipeline.order.Hold;
import io.zoetrope.pipeline.order.LoopSpec;
import io.zoetrope.pipeline.order.Made;
import io.zoetrope.pipeline.order.TaskSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code zoetrope loop}. */
@Command(
    name = "loop",
    description = {
      "Makes a picture move and come back, without a seam.",
      "The picture is the first frame, and follows again after the last one. A little --noise lets"
          + " it look like the others; without any it stays as it is.",
      "As in: zoetrope loop ball.png \"a red ball moves in a circle\" -o ball.gif"
    })
public final class LoopCommand extends MakeVerb {
  @Mixin private final PromptOption.AfterPicture prompt = new PromptOption.AfterPicture();

  @Option(
      names = "--noise",
      paramLabel = "LEVEL",
      converter = Values.Level.class,
      defaultValue = "" + LoopSpec.USUAL_NOISE,
      description = {
        "Noise that the picture gets, 0 to 1: a little lets it look like the frames around it; 0"
            + " leaves it as it is (default: ${DEFAULT-VALUE})."
      })
  private double noise;

  @Mixin private final CourseOption course = new CourseOption();
  @Mixin private final ClipOptions clip = new ClipOptions();
  @Mixin private final FitOption fit = new FitOption();
  @Mixin private final HoldOptions hold = new HoldOptions();

  public LoopCommand(Session session) {
    super(session);
  }

  @Override
  protected TaskSpec task() {
    return new LoopSpec(prompt.image(session()), fit.fit(), noise, course.course());
  }

  @Override
  protected List<String> lines() {
    return prompt.lines(session());
  }

  @Override
  protected List<String> prompts() {
    return List.of(prompt.text());
  }

  @Override
  protected ShapeOptions shape() {
    return clip;
  }

  @Override
  protected Optional<Hold> hold() {
    return hold.hold();
  }

  @Override
  Map<String, @Nullable Object> fields(Made made) {
    return Map.of("noise", noise, "hold", hold.words());
  }
}
