package io.zoetrope.app.make;

import io.zoetrope.app.cli.option.PlanOption;
import io.zoetrope.app.cli.option.PromptOption;
import io.zoetrope.app.cli.option.ShapeOptions;
import io.zoetrope.app.cli.option.SourceFile;
import io.zoetrope.app.cli.option.Values;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.app.make.option.JoinOptions;
import io.zoetrope.app.make.option.LengthOptions;
import io.zoetrope.app.make.option.ReferenceOption;
import io.zoetrope.app.make.option.SourceOptions;
import io.zoetrope.pipeline.order.Made;
import io.zoetrope.pipeline.order.ModelRef;
import io.zoetrope.pipeline.order.RestyleSpec;
import io.zoetrope.pipeline.order.SourceRef;
import io.zoetrope.pipeline.order.TaskSpec;
import io.zoetrope.pipeline.order.Wish;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code zoetrope restyle}. */
@Command(
    name = "restyle",
    description = {
      "Makes a video again, by other words.",
      "It is noised to a strength and comes down from there; no more than --frames of it, or 256."
          + " As in: zoetrope restyle ball.mp4 \"a blue ball moves right\" --strength 0.7"
    })
public final class RestyleCommand extends MakeVerb {
  @Mixin private final PromptOption.NeededAfterVideo prompt = new PromptOption.NeededAfterVideo();

  @Option(
      names = "--strength",
      paramLabel = "S",
      converter = Values.Strength.class,
      description =
          "How much of the source is forgotten, 0.01 to 1 (default: 0.6; with --inverted or --method"
              + " 1).")
  private @Nullable Double strength;

  @Option(
      names = "--mask",
      paramLabel = "FILE",
      description = {
        "Make anew only what is white in FILE, and keep the rest: a picture for all frames, or a"
            + " video as long as the source."
      })
  private @Nullable String mask;

  @Option(
      names = "--blur",
      paramLabel = "N",
      converter = Values.Blurs.class,
      description = {
        "For models that follow the structure of a video: blur it N times before, 0 to 12, each of"
            + " which halves it; the more, the freer (default: 0)."
      })
  private @Nullable Integer blur;

  @Mixin private final LengthOptions shape = new LengthOptions();
  @Mixin private final SourceOptions source = new SourceOptions();
  @Mixin private final JoinOptions join = new JoinOptions();
  @Mixin private final PlanOption plan = new PlanOption();
  @Mixin private final ControlOption control = new ControlOption();
  @Mixin private final ReferenceOption reference = new ReferenceOption();
  @Mixin private final InvertOptions invert = new InvertOptions();
  @Mixin private final MethodOption method = new MethodOption();
  @Mixin private final AcrossOptions across = new AcrossOptions();

  public RestyleCommand(Session session) {
    super(session);
  }

  @Override
  protected TaskSpec task() {
    Optional<SourceRef> drawn = plan.read(session(), shape.frames(), steps());
    return new RestyleSpec(
        prompt.video(session()),
        source.fit(),
        source.start(),
        strength(),
        join.join(),
        drawn,
        invert.read(),
        Optional.ofNullable(mask)
            .map(file -> SourceRef.of(SourceFile.of(session(), "--mask", file))),
        Optional.ofNullable(blur),
        across.read(session(), method()));
  }

  private String method() {
    return method.name(MethodOption.CONTROL_VIDEO);
  }

  @Override
  protected Wish usual(Wish said) {
    return AcrossOptions.wish(said, method());
  }

  /**
   * What is not fresh noise need not spare anything of the source, and what controls hold needs
   * nothing of it.
   */
  private double strength() {
    boolean whole = invert.given() || !method().isEmpty();
    return strength != null ? strength : whole ? 1 : 0.6;
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
    return List.of(prompt.required("zoetrope restyle ball.mp4 \"a blue ball moves right\""));
  }

  @Override
  protected ShapeOptions shape() {
    return shape;
  }

  @Override
  protected List<ModelRef.Control> controls() {
    return control.read(session(), prompt.video(session()));
  }

  @Override
  Map<String, @Nullable Object> fields(Made made) {
    return Map.of("strength", plan.given() ? "plan" : strength());
  }
}
