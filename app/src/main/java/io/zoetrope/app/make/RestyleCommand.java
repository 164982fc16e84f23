package io.zoetrope.app.make;

import io.zoetrope.app.cli.JoinOptions;
import io.zoetrope.app.cli.PlanOption;
import io.zoetrope.app.cli.Session;
import io.zoetrope.app.cli.ShapeOptions;
import io.zoetrope.app.cli.SourceFile;
import io.zoetrope.app.cli.SourceOptions;
import io.zoetrope.app.cli.Values;
import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.media.Source;
import io.zoetrope.pipeline.family.Ability;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.task.Restyle;
import io.zoetrope.torch.UserError;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code zoetrope restyle}. */
@Command(
    name = "restyle",
    description = {
      "Makes a video again, by other words.",
      "It is noised to a strength and comes down from there. As in: zoetrope restyle ball.mp4 \"a"
          + " blue ball moves right\" --strength 0.7"
    })
public final class RestyleCommand extends MakeVerb {
  /** What is taken of a long source unless more is asked for. */
  private static final int USUAL_MOST = 256;

  @Parameters(index = "0", paramLabel = "VIDEO", description = "What to begin with.")
  private String video = "";

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "PROMPT",
      description = "What it shall show.")
  private List<String> words = List.of();

  @Option(
      names = "--strength",
      paramLabel = "S",
      converter = Values.Strength.class,
      defaultValue = "0.6",
      description = "How much of the source is forgotten, 0.01 to 1 (default: ${DEFAULT-VALUE}).")
  private double strength;

  @Option(
      names = "--frames",
      paramLabel = "N",
      converter = Values.Length.class,
      description = "Take no more of the source than so many frames (default: 256).")
  private @Nullable Integer frames;

  @Mixin private final ShapeOptions shape = new ShapeOptions();
  @Mixin private final SourceOptions source = new SourceOptions();
  @Mixin private final JoinOptions join = new JoinOptions();
  @Mixin private final PlanOption plan = new PlanOption();
  @Mixin private final ControlOption control = new ControlOption();

  public RestyleCommand(Session session) {
    super(session);
  }

  @Override
  Order order() {
    Path path = SourceFile.of(session(), "VIDEO", video);
    String prompt =
        Prompts.require(
            "PROMPT", joined(words), "zoetrope restyle ball.mp4 \"a blue ball moves right\"");
    OptionalInt asked = frames == null ? OptionalInt.empty() : OptionalInt.of(frames);
    Optional<TimestepPlan> drawn = plan.read(session(), asked, sampling().steps());
    drawn.ifPresent(Drawings::requireGiven);
    drawn.ifPresent(p -> Drawings.requirePrompts(p, 1));
    Source.check(path);
    List<ControlOption.Control> controls = control.read(session());
    return new Order() {
      @Override
      public String name() {
        return SourceFile.stem(path) + " " + prompt;
      }

      @Override
      public List<String> prompts() {
        return List.of(prompt);
      }

      @Override
      public boolean single() {
        return true;
      }

      @Override
      public ModelChoice choice(ModelChoice usual) {
        return ControlOption.beside(usual, controls);
      }

      @Override
      public VideoRequest request(VideoRequest usual, VideoModel model) {
        int clip =
            drawn
                .map(TimestepPlan::frames)
                .orElseGet(() -> model.can(Ability.VIDEO) ? join.clip(usual.frames()) : 1);
        return shaped(usual, shape, clip);
      }

      @Override
      public Take read(Models models, VideoRequest request, Said said) {
        VideoModel model = models.second().model();
        int usual = model.can(Ability.VIDEO) ? USUAL_MOST : 1;
        int most = drawn.map(TimestepPlan::frames).orElse(asked.orElse(usual));
        model.requireFrames(most);
        Source.Wish wish = Given.wish(request).fitted(source.fit()).from(source.start());
        Source given = Source.video(path, wish.first(most));
        said.line(given.report());
        int have = given.video().frames().size();
        drawn.ifPresent(p -> requireEnough(p, have));
        Tensor latents = models.second().encode(given.video());
        Take take =
            drawn
                .map(p -> Drawings.take(p, List.of(prompt), Optional.of(latents)))
                .orElse(new Restyle(latents, strength, join.overlap())::run);
        return Shown.to(controls, models.first(), request, have, said, take);
      }

      @Override
      public Map<String, @Nullable Object> fields() {
        return Map.of("strength", drawn.isPresent() ? "plan" : strength);
      }
    };
  }

  private void requireEnough(TimestepPlan drawn, int have) {
    if (have < drawn.frames()) {
      throw new UserError(
          "'%s' has %d frames, the plan %d: raise --fps, or take a shorter plan"
              .formatted(video, have, drawn.frames()));
    }
  }
}
