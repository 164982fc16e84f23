package io.zoetrope.app.make;

import io.zoetrope.app.cli.ClipOptions;
import io.zoetrope.app.cli.PlanOption;
import io.zoetrope.app.cli.Session;
import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.pipeline.TextToVideo;
import io.zoetrope.pipeline.VideoModel;
import io.zoetrope.pipeline.VideoRequest;
import java.util.List;
import java.util.Optional;
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
      public VideoRequest request(VideoRequest usual, VideoModel model) {
        int frames = clip.frames().orElse(usual.frames());
        return shaped(usual, clip, drawn.map(TimestepPlan::frames).orElse(frames));
      }

      @Override
      public Take read(Models models, VideoRequest request, Said said) {
        return drawn
            .map(p -> Drawings.take(p, List.of(prompt), Optional.empty()))
            .orElse((engine, wanted, progress) ->
                new TextToVideo(engine.model()).run(wanted, progress));
      }
    };
  }
}
