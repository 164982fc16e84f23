package io.zoetrope.app.make;

import io.zoetrope.app.cli.CueOptions;
import io.zoetrope.app.cli.JoinOptions;
import io.zoetrope.app.cli.PlanOption;
import io.zoetrope.app.cli.Session;
import io.zoetrope.app.cli.ShapeOptions;
import io.zoetrope.app.cli.UsageError;
import io.zoetrope.app.cli.Values;
import io.zoetrope.diffusion.PromptCues;
import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.task.Travel;
import io.zoetrope.pipeline.task.Travel.Turn;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code zoetrope travel}. */
@Command(
    name = "travel",
    description = {
      "Makes a video whose prompt changes on the way.",
      "As in: zoetrope travel --at 0 \"a red ball moves right\" --at 24 \"a red ball moves left\""
    })
public final class TravelCommand extends MakeVerb {
  private static final String EXAMPLE = "zoetrope travel --at 0 \"A\" --at 24 \"B\"";

  /** Where prompts change, as people type it. */
  enum Edge {
    between,
    within
  }

  @Option(
      names = "--frames",
      paramLabel = "N",
      converter = Values.Length.class,
      description = "Number of frames (default: one clip from the last --at on).")
  private @Nullable Integer frames;

  @Option(
      names = "--turn",
      paramLabel = "WHERE",
      defaultValue = "between",
      description = {
        "Prompts change between clips, whose shared frames are made again on a ramp of noise, or"
            + " within them (default: ${DEFAULT-VALUE})."
      })
  private Edge turn = Edge.between;

  @Mixin private final CueOptions cues = new CueOptions();
  @Mixin private final ShapeOptions shape = new ShapeOptions();
  @Mixin private final JoinOptions join = new JoinOptions();
  @Mixin private final PlanOption plan = new PlanOption();

  public TravelCommand(Session session) {
    super(session);
  }

  @Override
  Order order() {
    if (!cues.given()) {
      throw new UsageError("there are no prompts: say %s".formatted(EXAMPLE));
    }
    List<String> prompts = cues.prompts();
    prompts.forEach(prompt -> Prompts.require("--at", prompt, EXAMPLE));
    PromptCues when = cues.cues();
    OptionalInt asked = frames == null ? OptionalInt.empty() : OptionalInt.of(frames);
    requireReached(when, asked);
    Optional<TimestepPlan> drawn = plan.read(session(), asked, sampling().steps());
    drawn.ifPresent(p -> Drawings.requireNothingGiven(p, "'restyle' takes such plans"));
    drawn.ifPresent(p -> Drawings.requirePrompts(p, prompts.size()));
    return new Order() {
      @Override
      public String name() {
        return String.join(" then ", prompts);
      }

      @Override
      public List<String> prompts() {
        return prompts;
      }

      @Override
      public VideoRequest request(VideoRequest usual, VideoModel model) {
        int clip = drawn.map(TimestepPlan::frames).orElseGet(() -> join.clip(usual.frames()));
        return shaped(usual, shape, clip);
      }

      @Override
      public Take read(Models models, VideoRequest request, Said said) {
        long all = asked.orElse(Math.toIntExact(when.starts().getLast() + request.frames()));
        Turn where = turn == Edge.between ? Turn.BETWEEN_CLIPS : Turn.WITHIN_CLIPS;
        return drawn
            .map(p -> Drawings.take(p, prompts, Optional.empty()))
            .orElse(
                new Travel(when, List.of(prompts), where, Math.toIntExact(all), join.overlap())
                    ::run);
      }

      @Override
      public Map<String, @Nullable Object> fields() {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("prompts", prompts);
        fields.put("at", when.starts());
        fields.put("blend", when.blend());
        return fields;
      }
    };
  }

  private static void requireReached(PromptCues when, OptionalInt frames) {
    long last = when.starts().getLast();
    if (last > 1_000_000) {
      throw new UsageError("--at %d is too far: at most 1000000".formatted(last));
    }
    if (frames.isPresent() && frames.getAsInt() <= last) {
      throw new UsageError(
          "--frames %d ends before the prompt at frame %d sets in: raise --frames"
              .formatted(frames.getAsInt(), last));
    }
  }
}
