package io.zoetrope.app.make;

import io.zoetrope.app.cli.option.PromptOption;
import io.zoetrope.app.cli.option.RunOptions;
import io.zoetrope.app.cli.option.SamplingOptions;
import io.zoetrope.app.cli.option.SeedOption;
import io.zoetrope.app.cli.option.ShapeOptions;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.app.make.option.LongOptions;
import io.zoetrope.app.make.option.PartOptions;
import io.zoetrope.pipeline.order.Hold;
import io.zoetrope.pipeline.order.ModelRef;
import io.zoetrope.pipeline.order.TaskSpec;
import io.zoetrope.pipeline.order.VideoOrder;
import io.zoetrope.pipeline.order.Wish;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import picocli.CommandLine.Mixin;

/** A command that makes a video: its options become an order. */
public abstract class MakeVerb extends FilmVerb {
  @Mixin private final SeedOption seed = new SeedOption();
  @Mixin private final SamplingOptions sampling = new SamplingOptions();
  @Mixin private final PartOptions parts = new PartOptions();
  @Mixin private final LongOptions length = new LongOptions();
  @Mixin private final RunOptions run = new RunOptions();

  protected MakeVerb(Session session) {
    super(session);
  }

  /** What is made, and from what. */
  protected abstract TaskSpec task();

  /** All that is said to the model. */
  protected abstract List<String> prompts();

  /** Size, rate and length. */
  protected abstract ShapeOptions shape();

  /** How given frames are kept; empty is by the plan. */
  protected Optional<Hold> hold() {
    return Optional.empty();
  }

  /** What stands beside the model, and is shown something. */
  protected List<ModelRef.Control> controls() {
    return List.of();
  }

  /** How many steps were asked for. */
  protected final OptionalInt steps() {
    return sampling.steps();
  }

  @Override
  final VideoOrder order() {
    PromptOption.check("--negative", sampling.negative());
    TaskSpec task = task();
    Wish wish =
        new Wish(
            prompts().stream().filter(prompt -> !prompt.isEmpty()).toList(),
            Optional.of(sampling.negative()),
            Optional.of(seed.value()),
            shape().size(),
            boxed(shape().frames()),
            shape().fps().stream().boxed().findFirst(),
            boxed(sampling.steps()),
            sampling.guidance().stream().boxed().findFirst(),
            sampling.sampler());
    ModelRef model = parts.model(session(), sampling, run).withControls(controls());
    return new VideoOrder(task, wish, model, length.tuning(hold()));
  }

  private static Optional<Integer> boxed(OptionalInt value) {
    return value.stream().boxed().findFirst();
  }
}
