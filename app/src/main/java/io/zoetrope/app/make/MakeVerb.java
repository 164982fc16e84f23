package io.zoetrope.app.make;

import io.zoetrope.app.cli.option.PromptOption;
import io.zoetrope.app.cli.option.RunOptions;
import io.zoetrope.app.cli.option.SamplingOptions;
import io.zoetrope.app.cli.option.SeedsOption;
import io.zoetrope.app.cli.option.ShapeOptions;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.app.make.option.LongOptions;
import io.zoetrope.app.make.option.PartOptions;
import io.zoetrope.pipeline.order.Hold;
import io.zoetrope.pipeline.order.ModelRef;
import io.zoetrope.pipeline.order.SourceRef;
import io.zoetrope.pipeline.order.TaskSpec;
import io.zoetrope.pipeline.order.VideoOrder;
import io.zoetrope.pipeline.order.Wish;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import picocli.CommandLine.Mixin;

/** A command that makes a video: its options become an order. */
public abstract class MakeVerb extends FilmVerb {
  @Mixin private final SeedsOption seeds = new SeedsOption();
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

  /**
   * Prompts of which each is for a video of its own; if there are none, {@link #prompts} counts.
   */
  protected List<String> lines() {
    return List.of();
  }

  /** What is wished for, with what a way of making it brings along. */
  protected Wish usual(Wish said) {
    return said;
  }

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

  /** Pictures of what the video is to have in it. */
  protected List<SourceRef> references() {
    return List.of();
  }

  /** How many steps were asked for. */
  protected final OptionalInt steps() {
    return sampling.steps();
  }

  @Override
  final Batch batch() {
    PromptOption.check("--negative", sampling.negative());
    TaskSpec task = task();
    List<String> lines = lines();
    List<List<String>> prompts =
        lines.isEmpty()
            ? List.of(prompts().stream().filter(prompt -> !prompt.isEmpty()).toList())
            : lines.stream().map(List::of).toList();
    List<Long> values = seeds.values();
    Wish said =
        new Wish(
            prompts.getFirst(),
            Optional.of(sampling.negative()),
            Optional.of(values.getFirst()),
            shape().size(),
            boxed(shape().frames()),
            shape().fps().stream().boxed().findFirst(),
            boxed(sampling.steps()),
            sampling.guidance().stream().boxed().findFirst(),
            sampling.sampler());
    ModelRef model =
        parts.model(session(), sampling, run).withControls(controls()).withReferences(references());
    VideoOrder first = new VideoOrder(task, usual(said), model, length.tuning(hold()));
    return Batch.of(first, prompts, values);
  }

  private static Optional<Integer> boxed(OptionalInt value) {
    return value.stream().boxed().findFirst();
  }
}
