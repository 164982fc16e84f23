package io.zoetrope.app.make;

import io.zoetrope.app.cli.ClipOptions;
import io.zoetrope.app.cli.FitOption;
import io.zoetrope.app.cli.HoldOptions;
import io.zoetrope.app.cli.PlanOption;
import io.zoetrope.app.cli.Session;
import io.zoetrope.app.cli.SourceFile;
import io.zoetrope.app.cli.UsageError;
import io.zoetrope.app.cli.Values;
import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.media.Source;
import io.zoetrope.pipeline.Guide;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.task.Animate;
import io.zoetrope.pipeline.task.Restyle;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code zoetrope animate}. */
@Command(
    name = "animate",
    description = {
      "Makes a picture move.",
      "It is the first frame, the others follow from it. A prompt says how, as in: zoetrope animate"
          + " ball.png \"a red ball moves right\""
    })
public final class AnimateCommand extends MakeVerb {
  @Parameters(index = "0", paramLabel = "IMAGE", description = "A picture: .png, .jpg, ...")
  private String image = "";

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "PROMPT",
      description = "What happens to it.")
  private List<String> words = List.of();

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

  @Mixin private final ClipOptions clip = new ClipOptions();
  @Mixin private final FitOption fit = new FitOption();
  @Mixin private final HoldOptions hold = new HoldOptions();
  @Mixin private final PlanOption plan = new PlanOption();
  @Mixin private final ControlOption control = new ControlOption();

  public AnimateCommand(Session session) {
    super(session);
  }

  @Override
  Order order() {
    Path path = SourceFile.of(session(), "IMAGE", image);
    String prompt = Prompts.check("PROMPT", joined(words));
    if (clip.frames().orElse(2) < 2 && noise == 0) {
      throw new UsageError(
          "animate needs at least 2 frames, not 1: raise --frames, or let --noise make the one"
              + " again");
    }
    Optional<TimestepPlan> drawn = plan.read(session(), clip.frames(), sampling().steps());
    drawn.ifPresent(Drawings::requireGiven);
    drawn.ifPresent(p -> Drawings.requirePrompts(p, 1));
    Source.checkPicture(path);
    List<ControlOption.Control> controls = control.read(session());
    return new Order() {
      @Override
      public String name() {
        return SourceFile.stem(path) + " animate";
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
        int frames = clip.frames().orElse(usual.frames());
        return shaped(usual, clip, drawn.map(TimestepPlan::frames).orElse(frames));
      }

      @Override
      public Guide guide() {
        return hold.guide();
      }

      @Override
      public Take read(Models models, VideoRequest request, Said said) {
        Tensor given = Given.picture(path, fit.fit(), models.second(), request, said);
        Take take =
            drawn
                .map(p ->
                    Drawings.take(
                        p, List.of(prompt), Optional.of(Given.repeated(given, p.frames()))))
                .orElseGet(() -> take(models.second().model(), request, given));
        return Shown.to(controls, models.first(), request, request.frames(), said, take);
      }

      @Override
      public Map<String, @Nullable Object> fields() {
        return Map.of("noise", noise, "hold", hold.words());
      }
    };
  }

  /** A single frame is image to image. */
  private Order.Take take(VideoModel model, VideoRequest request, Tensor given) {
    if (request.frames() > 1) {
      return new Animate(given, noise)::run;
    }
    if (noise == 0) {
      model.requireVideo();
    }
    return new Restyle(given, noise, 1)::run;
  }
}
