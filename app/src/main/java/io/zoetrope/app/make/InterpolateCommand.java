package io.zoetrope.app.make;

import io.zoetrope.app.cli.ClipOptions;
import io.zoetrope.app.cli.FitOption;
import io.zoetrope.app.cli.HoldOptions;
import io.zoetrope.app.cli.Session;
import io.zoetrope.app.cli.SourceFile;
import io.zoetrope.app.cli.UsageError;
import io.zoetrope.media.Source;
import io.zoetrope.pipeline.Guide;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.task.Interpolate;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code zoetrope interpolate}. */
@Command(
    name = "interpolate",
    description = {
      "Makes what happens between two pictures.",
      "They are the first and the last frame.",
      "As in: zoetrope interpolate left.png right.png \"a red ball moves right\""
    })
public final class InterpolateCommand extends MakeVerb {
  @Parameters(index = "0", paramLabel = "FIRST", description = "The picture that it begins with.")
  private String first = "";

  @Parameters(index = "1", paramLabel = "LAST", description = "The picture that it ends with.")
  private String last = "";

  @Parameters(
      index = "2..*",
      arity = "0..*",
      paramLabel = "PROMPT",
      description = "What happens in between.")
  private List<String> words = List.of();

  @Mixin private final ClipOptions clip = new ClipOptions();
  @Mixin private final FitOption fit = new FitOption();
  @Mixin private final HoldOptions hold = new HoldOptions();

  public InterpolateCommand(Session session) {
    super(session);
  }

  @Override
  Order order() {
    Path from = SourceFile.of(session(), "FIRST", first);
    Path to = SourceFile.of(session(), "LAST", last);
    String prompt = Prompts.check("PROMPT", joined(words));
    if (clip.frames().orElse(3) < 3) {
      throw new UsageError(
          "interpolate needs at least 3 frames, not %d: raise --frames"
              .formatted(clip.frames().getAsInt()));
    }
    Source.checkPicture(from);
    Source.checkPicture(to);
    return new Order() {
      @Override
      public String name() {
        return SourceFile.stem(from) + " to " + SourceFile.stem(to);
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
      public Take read(Models models, VideoRequest request, Said said) {
        return new Interpolate(
                Given.picture(from, fit.fit(), models.second(), request, said),
                Given.picture(to, fit.fit(), models.second(), request, said))
            ::run;
      }
    };
  }
}
