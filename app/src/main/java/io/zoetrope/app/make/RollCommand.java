package io.zoetrope.app.make;

import io.zoetrope.app.cli.CueOptions;
import io.zoetrope.app.cli.Memory;
import io.zoetrope.app.cli.Session;
import io.zoetrope.app.cli.ShapeOptions;
import io.zoetrope.app.cli.StepProgress;
import io.zoetrope.app.cli.UsageError;
import io.zoetrope.app.cli.Values;
import io.zoetrope.diffusion.PromptCues;
import io.zoetrope.media.VideoWriter;
import io.zoetrope.media.WriteOptions;
import io.zoetrope.media.WriteOptions.Durability;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.task.Roll;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code zoetrope roll}. */
@Command(
    name = "roll",
    description = {
      "Makes a video without end, in constant memory.",
      "A window of frames moves over it. The file grows as it goes and can be watched meanwhile;"
          + " Ctrl-C ends it. As in: zoetrope roll \"a red ball moves right\" --frames 512"
    })
public final class RollCommand extends MakeVerb {
  /** How often the measurements in {@code --json} are taken. */
  private static final int LOG_EVERY = 64;

  @Parameters(
      paramLabel = "PROMPT",
      arity = "0..*",
      description = "What to show; or several one after another with --at.")
  private List<String> words = List.of();

  @Option(
      names = "--frames",
      paramLabel = "N",
      converter = Values.Length.class,
      description = "Number of frames (default: until Ctrl-C).")
  private @Nullable Integer frames;

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
  @Mixin private final ShapeOptions shape = new ShapeOptions();

  private final List<Map<String, Object>> log = new ArrayList<>();

  public RollCommand(Session session) {
    super(session);
  }

  @Override
  Order order() {
    String example = "zoetrope roll \"a red ball moves right\" --frames 512";
    if (cues.given() && !words.isEmpty()) {
      throw new UsageError("name the prompt by itself or with --at, not both");
    }
    List<String> prompts =
        cues.given()
            ? cues.prompts().stream().map(p -> Prompts.require("--at", p, example)).toList()
            : List.of(Prompts.require("PROMPT", joined(words), example));
    PromptCues when = cues.given() ? cues.cues() : PromptCues.single();
    return new Rolling(prompts, when);
  }

  private final class Rolling implements Order {
    private final List<String> prompts;
    private final PromptCues when;

    Rolling(List<String> prompts, PromptCues when) {
      this.prompts = prompts;
      this.when = when;
    }

    @Override
    public String name() {
      return String.join(" then ", prompts) + " roll";
    }

    @Override
    public List<String> prompts() {
      return prompts;
    }

    @Override
    public VideoRequest request(VideoRequest usual, VideoModel model) {
      int length = clip == null ? usual.frames() : clip;
      if (length - context < 2) {
        throw new UsageError(
            "--context %d leaves no window of a clip of %d frames: lower it to %d or less"
                .formatted(context, length, Math.max(0, length - 2)));
      }
      return shaped(usual, shape, length);
    }

    /** Never called: {@link #film} rolls. */
    @Override
    public Take read(Models models, VideoRequest request, Said said) {
      throw new IllegalStateException("a roll has no whole video");
    }

    Roll task() {
      return new Roll(when, List.of(prompts), context, Optional.empty());
    }

    @Override
    public Map<String, @Nullable Object> fields() {
      Map<String, @Nullable Object> fields = new LinkedHashMap<>();
      fields.put("prompts", prompts);
      fields.put("at", when.starts());
      fields.put("log", log);
      return fields;
    }
  }

  /**
   * The one exception to "whole or not at all": what there is stays, whatever happens. Formats that
   * cannot grow are written whole if the end is known.
   */
  @Override
  Written film(Shot shot) {
    VideoRequest request = shot.request();
    long wanted = frames == null ? Long.MAX_VALUE : frames;
    boolean grows = shot.target().format().grows() || frames == null;
    Durability durability = grows ? Durability.GROWING : Durability.WHOLE;
    try (VideoWriter writer = open(shot, WriteOptions.at(request.fps()).durability(durability))) {
      if (frames == null) {
        note("rolling until Ctrl-C; '%s' grows meanwhile".formatted(shot.target().path()));
      }
      try {
        roll(shot, wanted, writer);
      } catch (CancellationException e) {
        if (!grows) {
          throw e;
        }
        finish(shot, writer);
        if (frames != null) {
          throw new CancellationException(
              "cancelled after %d of %d frames, which are in '%s'"
                  .formatted(writer.frames(), frames, shot.target().path()));
        }
        return new Written(writer.frames());
      }
      finish(shot, writer);
      return new Written(writer.frames());
    }
  }

  private void roll(Shot shot, long wanted, VideoWriter writer) {
    long began = System.nanoTime();
    try (StepProgress progress = new StepProgress(session(), output(), "rolling")) {
      session().cancellation().check();
      ((Rolling) shot.order())
          .task()
          .run(
              shot.models().second(),
              shot.request(),
              wanted,
              frame -> {
                writer.write(frame);
                shot.timings().mark(writer.frames() == 1 ? "first frame" : "frames");
                if (writer.frames() % LOG_EVERY == 0) {
                  log(writer.frames(), (System.nanoTime() - began) / 1e9);
                }
              },
              progress);
    }
  }

  private void log(long done, double seconds) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("frames", done);
    row.put("seconds", Math.round(seconds * 1000) / 1000.0);
    Memory.resident().ifPresent(bytes -> row.put("resident_bytes", bytes));
    log.add(row);
  }

  private static void finish(Shot shot, VideoWriter writer) {
    if (writer.frames() > 0) {
      writer.commit();
    }
    shot.timings().mark("write");
  }
}
