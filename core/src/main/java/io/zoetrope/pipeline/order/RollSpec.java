package io.zoetrope.pipeline.order;

import io.zoetrope.diffusion.PromptCues;
import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.network.vae.LatentGrid;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.schedule.Descent;
import io.zoetrope.pipeline.task.Roll;
import io.zoetrope.record.Default;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;

/**
 * A video without end, in constant memory. Without a number of frames it goes on until it is
 * cancelled, which then is its end and no failure.
 *
 * @param cues at which frames the wish's prompts set in
 * @param clip frames that the model sees at once; empty is as it was trained
 * @param context how many of those are finished frames of the past
 */
public record RollSpec(
    @Default("{starts: [0], blend: 0}") PromptCues cues,
    Optional<Integer> clip,
    @Default("4") int context)
    implements TaskSpec {
  public RollSpec {
    clip.ifPresent(value -> Checks.whole("clip", 1, VideoRequest.MOST_FRAMES, value));
    Checks.whole("context", 0, VideoRequest.MOST_FRAMES - 1, context);
    clip.ifPresent(value -> window(value, context));
  }

  @Override
  public String title(Wish wish) {
    return String.join(" then ", wish.prompts()) + " roll";
  }

  @Override
  public Set<Ability> abilities() {
    return EnumSet.of(Ability.GROWS);
  }

  @Override
  public void check(Wish wish) {
    TravelSpec.requirePrompts("roll", cues, wish);
  }

  /** The whole video as one plan, of which the network sees a window at a time. */
  @Override
  public TimestepPlan plan(Descent descent, LatentGrid grid, int frames) {
    int length = clip.orElse(frames);
    int unused = window(length, context);
    return Roll.plan(descent, grid.latents(frames), task(List.of()).window(grid, length));
  }

  private Roll task(List<String> prompts) {
    return new Roll(cues, List.of(prompts), context, Optional.empty());
  }

  /** How many frames are on their way at once. */
  private static int window(int clip, int context) {
    if (clip - context < 2) {
      throw Checks.wrong(
          "context %s leaves no window of a clip of %s frames: lower it to %s or less"
              .formatted(context, clip, Math.max(0, clip - 2)));
    }
    return clip - context;
  }

  @Override
  public Ready ready(Wish wish, SourceFiles files) {
    return new Ready() {
      @Override
      public VideoRequest request(VideoRequest usual, VideoModel model) {
        int length = clip.orElse(usual.frames());
        int unused = window(length, context);
        return wish.shape(usual, length);
      }

      @Override
      public Shoot read(Making making) {
        Roll task = task(wish.prompts());
        int window = task.window(making.second().model().grid(), making.request().frames());
        int made = Roll.steps(making.request().steps(), window);
        wish.steps()
            .filter(steps -> steps != made)
            .ifPresent(steps ->
                making
                    .note()
                    .accept(
                        "a frame makes %s steps on its way through a window of %s, the fewest that"
                                .formatted(made, window)
                            + " are %s or more".formatted(steps)));
        long frames = wish.frames().map(Integer::longValue).orElse(Long.MAX_VALUE);
        return (reel, progress) -> {
          try {
            task.run(making.second(), making.request(), frames, reel::rolled, progress);
          } catch (CancellationException e) {
            if (wish.frames().isPresent()) {
              throw e;
            }
          }
        };
      }
    };
  }
}
