package io.zoetrope.app.make;

import io.zoetrope.app.cli.option.ClipOptions;
import io.zoetrope.app.cli.option.FitOption;
import io.zoetrope.app.cli.option.PromptOption;
import io.zoetrope.app.cli.option.ShapeOptions;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.app.make.option.HoldOptions;
import io.zoetrope.app.make.option.ReferenceOption;
import io.zoetrope.pipeline.order.Hold;
import io.zoetrope.pipeline.order.InterpolateSpec;
import io.zoetrope.pipeline.order.SourceRef;
import io.zoetrope.pipeline.order.TaskSpec;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code zoetrope interpolate}. */
@Command(
    name = "interpolate",
    description = {
      "Makes what happens between two pictures.",
      "They are the first and the last frame.",
      "As in: zoetrope interpolate left.png right.png \"a red ball moves right\""
    })
public final class InterpolateCommand extends MakeVerb {
  @Mixin private final PromptOption.AfterPictures prompt = new PromptOption.AfterPictures();
  @Mixin private final ClipOptions clip = new ClipOptions();
  @Mixin private final FitOption fit = new FitOption();
  @Mixin private final HoldOptions hold = new HoldOptions();
  @Mixin private final ReferenceOption reference = new ReferenceOption();

  public InterpolateCommand(Session session) {
    super(session);
  }

  @Override
  protected TaskSpec task() {
    return new InterpolateSpec(prompt.first(session()), prompt.last(session()), fit.fit());
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
}
