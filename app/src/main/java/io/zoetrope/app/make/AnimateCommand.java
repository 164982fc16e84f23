package io.zoetrope.app.make;

import io.zoetrope.app.cli.option.ClipOptions;
import io.zoetrope.app.cli.option.FitOption;
import io.zoetrope.app.cli.option.PlanOption;
import io.zoetrope.app.cli.option.PromptOption;
import io.zoetrope.app.cli.option.ShapeOptions;
import io.zoetrope.app.cli.option.Values;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.app.make.option.CourseOption;
import io.zoetrope.app.make.option.HoldOptions;
import io.zoetrope.app.make.option.ReferenceOption;
import io.zoetrope.pipeline.order.AnimateSpec;
import io.zoetrope.pipeline.order.Hold;
import io.zoetrope.pipeline.order.Made;
import io.zoetrope.pipeline.order.ModelRef;
import io.zoetrope.pipeline.order.SourceRef;
import io.zoetrope.pipeline.order.TaskSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code zoetrope animate}. */
@Command(
    name = "animate",
    description = {
      "Makes a picture move.",
      "It is the first frame, the others follow from it. A prompt says how, as in: zoetrope animate"
          + " ball.png \"a red ball moves right\""
    })
public final class AnimateCommand extends MakeVerb {
  @Mixin private final PromptOption.AfterPicture prompt = new PromptOption.AfterPicture();

  @Option(
      names = "--noise",
      paramLabel = "LEVEL",
      converter = Values.Level.class,
      defaultValue = "0",
      description = {
        "Noise that the picture gets, 0 to 1: a little forgives what is wrong with it"
            + " (default: ${DEFAULT-VALUE}, it stays as it is)."
      })
  private double noise;

  @Mixin private final CourseOption course = new CourseOption();
  @Mixin private final ClipOptions clip = new ClipOptions();
  @Mixin private final FitOption fit = new FitOption();
  @Mixin private final HoldOptions hold = new HoldOptions();
  @Mixin private final PlanOption plan = new PlanOption();
  @Mixin private final ControlOption control = new ControlOption();
  @Mixin private final ReferenceOption reference = new ReferenceOption();

  public AnimateCommand(Session session) {
    super(session);
  }

  @Override
  protected TaskSpec task() {
    return new AnimateSpec(
        prompt.image(session()),
        fit.fit(),
        noise,
        course.course(),
        plan.read(session(), clip.frames(), steps()));
  }

  @Override
  protected List<SourceRef> references() {
    return reference.read(session());
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
  protected List<ModelRef.Control> controls() {
    return control.read(session());
  }

  @Override
  Map<String, @Nullable Object> fields(Made made) {
    return Map.of("noise", noise, "hold", hold.words());
  }
}
