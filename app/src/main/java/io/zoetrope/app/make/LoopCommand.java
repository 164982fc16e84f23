package io.zoetrope.app.make;

import io.zoetrope.app.cli.ClipOptions;
import io.zoetrope.app.cli.FitOption;
import io.zoetrope.app.cli.HoldOptions;
import io.zoetrope.app.cli.Session;
import io.zoetrope.app.cli.SourceFile;
import io.zoetrope.app.cli.UsageError;
import io.zoetrope.app.cli.Values;
import io.zoetrope.media.Source;
import io.zoetrope.pipeline.Guide;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.task.Loop;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

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
      defaultValue = "" + Loop.USUAL_LEVEL,
      description = {
        "Noise that the picture gets, 0 to 1: a little lets it look like the frames around it; 0"
            + " leaves it as it is (default: ${DEFAULT-VALUE})."
      })
  private double noise;

  @Mixin private final ClipOptions clip = new ClipOptions();
  @Mixin private final FitOption fit = new FitOption();
  @Mixin private final HoldOptions hold = new HoldOptions();

  public LoopCommand(Session session) {
    super(session);
  }

  @Override
  Order order() {
    Path path = SourceFile.of(session(), "IMAGE", image);
    String prompt = Prompts.check("PROMPT", joined(words));
    if (clip.frames().orElse(2) < 2) {
      throw new UsageError("loop needs at least 2 frames, not 1: raise --frames");
    }
    Source.checkPicture(path);
    return new Order() {
      @Override
      public String name() {
        return SourceFile.stem(path) + " loop";
      }

      @Override
      public List<String> prompts() {
        return List.of(prompt);
      }

      @Override
      public VideoRequest request(VideoRequest usual, VideoModel model) {
        return shaped(usual, clip, clip.frames().orElse(usual.frames()));
      }

      @Override
      public Guide guide() {
        return hold.guide();
      }

      @Override
      public Map<String, @Nullable Object> fields() {
        return Map.of("noise", noise, "hold", hold.words());
      }

      @Override
      public Take read(Models models, VideoRequest request, Said said) {
        return new Loop(Given.picture(path, fit.fit(), models.second(), request, said), noise)::run;
      }
    };
  }
}
