package io.zoetrope.app.make;

import io.zoetrope.app.cli.ClipOptions;
import io.zoetrope.app.cli.PlanOption;
import io.zoetrope.app.cli.Session;
import io.zoetrope.app.cli.UsageError;
import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.network.unet.Inflation;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.TextToVideo;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.task.Drawn;
import io.zoetrope.pipeline.task.VideoTask;
import io.zoetrope.torch.Scopes;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code zoetrope generate}. */
@Command(
    name = "generate",
    description = {
      "Makes a video from words.",
      "Prints the name of the file. The same prompt, seed and options give the same video."
    })
public final class GenerateCommand extends MakeVerb {
  @Parameters(
      paramLabel = "PROMPT",
      arity = "1..*",
      description = "What to show, as in \"a red ball moves right\".")
  private List<String> words = List.of();

  @Mixin private final ClipOptions clip = new ClipOptions();
  @Mixin private final PlanOption plan = new PlanOption();
  @Mixin private final ZeroOptions zero = new ZeroOptions();
  @Mixin private final ControlOption control = new ControlOption();
  @Mixin private final LatentOptions latents = new LatentOptions();

  public GenerateCommand(Session session) {
    super(session);
  }

  @Override
  Order order() {
    String prompt =
        Prompts.require("PROMPT", joined(words), "zoetrope generate \"a red ball moves right\"");
    Optional<TimestepPlan> drawn = plan.read(session(), clip.frames(), sampling().steps());
    drawn.ifPresent(p -> Drawings.requireNothingGiven(p, "animate and restyle take such plans"));
    drawn.ifPresent(p -> Drawings.requirePrompts(p, 1));
    Wishes wishes =
        new Wishes(
            drawn,
            zero.read(session()),
            control.read(session()),
            latents.noise(session()),
            latents.save(session()));
    if (drawn.isPresent() && wishes.zero.isPresent()) {
      throw new UsageError("--plan and --method each say how frames fall: leave one out");
    }
    return wishes.order(prompt, clip);
  }

  /**
   * What is asked for besides words.
   *
   * @param plan drawn by hand
   * @param zero by a model of single pictures
   * @param noise brought along
   * @param save where latents go
   */
  private record Wishes(
      Optional<TimestepPlan> plan,
      Optional<ZeroOptions.Wanted> zero,
      List<ControlOption.Control> controls,
      Optional<NoiseFile> noise,
      Optional<Path> save) {

    Order order(String prompt, ClipOptions clip) {
      return new Order() {
        @Override
        public String name() {
          return prompt;
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
          ModelChoice under = ControlOption.beside(usual, controls);
          return zero.isPresent()
              ? under.withAttention(Optional.of(Inflation.TEXT2VIDEO_ZERO.attention()))
              : under;
        }

        @Override
        public VideoRequest request(VideoRequest usual, VideoModel model) {
          int frames = plan.map(TimestepPlan::frames).orElse(clip.frames().orElse(usual.frames()));
          return shaped(usual, clip, zero.isPresent() ? zeroFrames(clip, frames) : frames);
        }

        @Override
        public Take read(Models models, VideoRequest request, Said said) {
          Take take = take(models.first(), request, said);
          return Shown.to(controls, models.first(), request, request.frames(), said, take);
        }
      };
    }

    private static int zeroFrames(ClipOptions clip, int usual) {
      return clip.frames().isPresent() || usual > 1 ? usual : ZeroOptions.FRAMES;
    }

    private Order.Take take(Engine first, VideoRequest request, Order.Said said) {
      Optional<Tensor> eps =
          noise.map(file ->
              file.read(first.canvas(List.of(request), request.frames()), zero.isPresent()));
      Optional<VideoTask> task =
          zero.<VideoTask>map(wanted -> wanted.task(first, request, said))
              .or(() ->
                  plan.map(
                      p -> new Drawn(p, List.of(List.of(request.prompt())), Optional.empty())));
      return (engine, wanted, progress) -> {
        Engine whole =
            eps.map(e -> engine.withNoise(n -> n.with(NoiseFile.given(e)))).orElse(engine);
        return Scopes.value(() -> {
          List<VideoRequest> one = List.of(wanted);
          Tensor z =
              task.isPresent()
                  ? task.get().latents(whole, one, progress)
                  : new TextToVideo(whole).latents(one, progress);
          save.ifPresent(path -> LatentOptions.write(path, z, whole.model(), wanted));
          return whole.decode(z, wanted.fps());
        });
      };
    }
  }
}
