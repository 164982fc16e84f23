package io.zoetrope.app.make;

import io.zoetrope.app.cli.option.PromptOption;
import io.zoetrope.app.cli.option.ShapeOptions;
import io.zoetrope.app.cli.option.Values;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.app.cli.words.UsageError;
import io.zoetrope.app.make.option.CueOptions;
import io.zoetrope.app.make.option.LengthOptions;
import io.zoetrope.diffusion.PromptCues;
import io.zoetrope.pipeline.order.Made;
import io.zoetrope.pipeline.order.RollSpec;
import io.zoetrope.pipeline.order.TaskSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code zoetrope roll}. */
@Command(
    name = "roll",
    description = {
      "Makes a video without end, in constant memory.",
      "A window of frames moves over it. The file grows as it goes and can be watched meanwhile;"
          + " Ctrl-C ends it, or --frames. As in: zoetrope roll \"a red ball moves right\" --frames"
          + " 512"
    })
public final class RollCommand extends MakeVerb {
  private static final String EXAMPLE = "zoetrope roll \"a red ball moves right\" --frames 512";

  /** How often the measurements in {@code --json} are taken. */
  private static final int LOG_EVERY = 64;

  @Mixin private final PromptOption.OrCues prompt = new PromptOption.OrCues();

  @Option(
      names = "--clip",
      paramLabel = "N",
      converter = Values.Frames.class,
      description = "Frames that the model sees at once (default: as it was trained).")
  private @Nullable Integer clip;

  @Option(
      names = "--context",
      paramLabel = "N",
      converter = Values.Overlap.class,
      defaultValue = "4",
      description = {
        "How many of those are finished frames of the past (default: ${DEFAULT-VALUE})."
      })
  private int context;

  @Mixin private final CueOptions cues = new CueOptions();
  @Mixin private final LengthOptions shape = new LengthOptions();

  private final List<Map<String, Object>> log = new ArrayList<>();
  private final long began = System.nanoTime();

  public RollCommand(Session session) {
    super(session);
  }

  @Override
  protected TaskSpec task() {
    if (cues.given() && prompt.given()) {
      throw new UsageError("name the prompt by itself or with --at, not both");
    }
    return new RollSpec(
        cues.given() ? cues.cues() : PromptCues.single(), Optional.ofNullable(clip), context);
  }

  @Override
  protected List<String> lines() {
    return prompt.lines(session());
  }

  @Override
  protected List<String> prompts() {
    return cues.given() ? cues.prompts(EXAMPLE) : List.of(prompt.required(EXAMPLE));
  }

  @Override
  protected ShapeOptions shape() {
    return shape;
  }

  @Override
  String doing() {
    return "rolling";
  }

  @Override
  void written(long frames) {
    if (frames % LOG_EVERY == 0) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("frames", frames);
      row.put("seconds", Math.round((System.nanoTime() - began) / 1e6) / 1e3);
      Memory.resident().ifPresent(bytes -> row.put("resident_bytes", bytes));
      log.add(row);
    }
  }

  @Override
  Map<String, @Nullable Object> fields(Made made) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("prompts", made.order().wish().prompts());
    fields.put("at", cues.given() ? cues.cues().starts() : PromptCues.single().starts());
    fields.put("log", log);
    return fields;
  }
}
