package io.zoetrope.app.make;

import io.zoetrope.app.cli.option.SeedsOption;
import io.zoetrope.app.cli.option.SourceFile;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.error.UserError;
import io.zoetrope.pipeline.order.Made;
import io.zoetrope.pipeline.order.Remembered;
import io.zoetrope.pipeline.order.VideoOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code zoetrope again}. */
@Command(
    name = "again",
    description = {
      "Makes a video once more, from the order that its file remembers.",
      "The same frames on the same machine; with --seed or --set another video by the same order."
          + " 'zoetrope inspect FILE' shows the order. As in: zoetrope again ball.mp4 --seed 7"
    })
public final class AgainCommand extends FilmVerb {
  @Parameters(paramLabel = "FILE", description = "A video or picture that zoetrope made.")
  private String file = "";

  @Mixin private final SeedsOption seeds = new SeedsOption();

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = {
        "Put a value into the order, as in --set wish.steps=50 or --set task.noise=0.2. May be given"
            + " several times."
      })
  private List<String> settings = List.of();

  public AgainCommand(Session session) {
    super(session);
  }

  @Override
  Batch batch() {
    Path path = SourceFile.of(session(), "FILE", file);
    List<String> within = settings.stream().map(setting -> "order." + setting).toList();
    Remembered remembered =
        Remembered.read(path, within, "--set")
            .orElseThrow(() ->
                new UserError(
                    "'%s' does not say from which order it was made: only what zoetrope wrote,"
                            .formatted(file)
                        + " without --no-metadata, does"));
    remembered.changes().forEach(line -> note(line + ": frames may differ"));
    VideoOrder order = remembered.order();
    List<Long> values = seeds.from(order.wish().seed().orElse(0L));
    return Batch.of(order, List.of(order.wish().prompts()), values);
  }

  @Override
  Map<String, @Nullable Object> fields(Made made) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>(made.details());
    fields.put("prompts", made.order().wish().prompts());
    fields.put("again", file);
    return fields;
  }
}
