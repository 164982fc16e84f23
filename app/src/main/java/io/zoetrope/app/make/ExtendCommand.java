package io.zoetrope.app.make;

import io.zoetrope.app.cli.option.PromptOption;
import io.zoetrope.app.cli.option.ShapeOptions;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.app.make.option.HoldOptions;
import io.zoetrope.app.make.option.JoinOptions;
import io.zoetrope.app.make.option.LengthOptions;
import io.zoetrope.app.make.option.SourceOptions;
import io.zoetrope.pipeline.order.ExtendSpec;
import io.zoetrope.pipeline.order.Hold;
import io.zoetrope.pipeline.order.Made;
import io.zoetrope.pipeline.order.Remembered;
import io.zoetrope.pipeline.order.TaskSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code zoetrope extend}. */
@Command(
    name = "extend",
    description = {
      "Makes a video longer.",
      "Clip by clip, each of which begins with the last frames of the one before. The source's own"
          + " frames stay as they are, and --frames counts them too (without it: one clip more)."
          + " As in: zoetrope extend ball.mp4 --frames 64"
    })
public final class ExtendCommand extends MakeVerb {
  @Mixin private final PromptOption.AfterVideo prompt = new PromptOption.AfterVideo();
  @Mixin private final LengthOptions shape = new LengthOptions();
  @Mixin private final SourceOptions source = new SourceOptions();
  @Mixin private final JoinOptions join = new JoinOptions();
  @Mixin private final HoldOptions hold = new HoldOptions();

  public ExtendCommand(Session session) {
    super(session);
  }

  @Override
  protected TaskSpec task() {
    return new ExtendSpec(prompt.video(session()), source.fit(), source.start(), join.join());
  }

  @Override
  protected List<String> lines() {
    return prompt.lines(session());
  }

  @Override
  protected List<String> prompts() {
    return prompt.text().isEmpty() ? remembered() : List.of(prompt.text());
  }

  /** The words by which the source was made. Without any, a model shows whatever it likes. */
  private List<String> remembered() {
    List<String> words =
        Remembered.read(session().resolve(Path.of(prompt.video(session()).path())))
            .map(made -> made.order().wish().prompts())
            .filter(prompts -> prompts.size() == 1)
            .orElse(List.of());
    words.forEach(
        text -> note("goes on by the words that the file remembers: \"%s\"".formatted(text)));
    return words;
  }

  @Override
  protected ShapeOptions shape() {
    return shape;
  }

  @Override
  protected Optional<Hold> hold() {
    return hold.hold();
  }

  @Override
  Map<String, @Nullable Object> fields(Made made) {
    if (made.order().wish().prompts().isEmpty()) {
      note("without a prompt the model shows what it likes: say what goes on");
    }
    return Map.of("overlap", join.join().overlap(), "hold", hold.words());
  }
}
