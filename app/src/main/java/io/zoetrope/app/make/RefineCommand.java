package io.zoetrope.app.make;

import io.zoetrope.app.cli.option.PromptOption;
import io.zoetrope.app.cli.option.ShapeOptions;
import io.zoetrope.app.cli.option.SourceFile;
import io.zoetrope.app.cli.option.Values;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.app.cli.words.UsageError;
import io.zoetrope.app.make.option.JoinOptions;
import io.zoetrope.app.make.option.LengthOptions;
import io.zoetrope.app.make.option.SourceOptions;
import io.zoetrope.pipeline.cascade.Bridge;
import io.zoetrope.pipeline.order.Made;
import io.zoetrope.pipeline.order.RefineSpec;
import io.zoetrope.pipeline.order.SourceRef;
import io.zoetrope.pipeline.order.TaskSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code zoetrope refine}. */
@Command(
    name = "refine",
    description = {
      "Makes a video larger and finer.",
      "Enlarges it, noises it a little and comes down again: --scale times as large, or to a --size;"
          + " no more than --frames of it, or 256. Begins with a video, or with words and makes the"
          + " small video itself, as in: zoetrope refine \"a red ball moves right\""
    })
public final class RefineCommand extends MakeVerb {
  /** Where a small video is enlarged, as people type it. */
  enum Where {
    pixels,
    latents
  }

  @Parameters(
      paramLabel = "VIDEO|PROMPT",
      arity = "1..*",
      description = "A video and, if you like, what it shows; or only what to show.")
  private List<String> words = List.of();

  @Option(
      names = "--scale",
      paramLabel = "X",
      converter = Values.Scale.class,
      description = "How many times as large (default: 2).")
  private @Nullable Double scale;

  @Option(
      names = "--strength",
      paramLabel = "S",
      converter = Values.Part.class,
      description =
          "How much is made again, 0 (it is enlarged and no more) to 1 (default: the model's, else"
              + " 0.4).")
  private @Nullable Double strength;

  @Option(
      names = "--upscale",
      paramLabel = "WHERE",
      defaultValue = "pixels",
      description = "Enlarge ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private Where upscale = Where.pixels;

  @Option(
      names = "--refiner",
      paramLabel = "MODEL",
      description =
          "The model for what comes after enlarging (default: the one that the first names, else"
              + " the first itself).")
  private @Nullable String refiner;

  @Mixin private final LengthOptions shape = new LengthOptions();
  @Mixin private final SourceOptions source = new SourceOptions();
  @Mixin private final JoinOptions join = new JoinOptions();

  @Spec private CommandSpec spec = CommandSpec.create();

  public RefineCommand(Session session) {
    super(session);
  }

  @Override
  protected TaskSpec task() {
    if (scale != null && shape.size().isPresent()) {
      throw new UsageError("--scale and --size both say how large: leave one out");
    }
    Optional<SourceRef> video = video();
    if (video.isEmpty()) {
      noteIdle();
    }
    return new RefineSpec(
        video,
        source.fit(),
        source.start(),
        Optional.ofNullable(scale),
        Optional.ofNullable(strength),
        upscale == Where.pixels ? Bridge.Where.PIXELS : Bridge.Where.LATENTS,
        Optional.ofNullable(refiner),
        join.join());
  }

  /** The video that it begins with, if it is one. */
  private Optional<SourceRef> video() {
    return SourceFile.looksLikeOne(session(), words.getFirst())
        ? Optional.of(SourceRef.of(SourceFile.of(session(), "VIDEO", words.getFirst())))
        : Optional.empty();
  }

  @Override
  protected List<String> prompts() {
    return video().isPresent()
        ? List.of(PromptOption.check("PROMPT", String.join(" ", words.subList(1, words.size()))))
        : List.of(
            PromptOption.require(
                "PROMPT", String.join(" ", words), "zoetrope refine \"a red ball moves right\""));
  }

  /** What is about a video has nothing to do where there are only words. */
  private void noteIdle() {
    Stream.of("--fit", "--start", "--overlap")
        .filter(option -> spec.commandLine().getParseResult().hasMatchedOption(option))
        .forEach(option ->
            note(option + " changes nothing: it is about a video to begin with, not about words"));
    if (shape.frames().isPresent() && join.join().clip().isPresent()) {
      note("--clip changes nothing: from words, --frames says how many are made at once");
    }
  }

  @Override
  protected ShapeOptions shape() {
    return shape;
  }

  @Override
  Map<String, @Nullable Object> fields(Made made) {
    return new LinkedHashMap<>(made.details());
  }
}
