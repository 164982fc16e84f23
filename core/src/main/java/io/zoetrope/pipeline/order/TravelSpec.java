package io.zoetrope.pipeline.order;

import io.zoetrope.diffusion.PromptCues;
import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.network.vae.LatentGrid;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.schedule.Descent;
import io.zoetrope.pipeline.task.Travel;
import io.zoetrope.pipeline.task.Travel.Turn;
import io.zoetrope.pipeline.task.VideoTask;
import io.zoetrope.record.Default;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A video whose prompt changes on the way.
 *
 * @param cues at which frames the wish's prompts set in
 * @param turn where they change
 * @param join of its clips
 * @param plan drawn by hand
 */
public record TravelSpec(
    PromptCues cues,
    @Default("between-clips") Turn turn,
    @Default("{}") Join join,
    Optional<SourceRef> plan)
    implements TaskSpec {
  public TravelSpec {
    if (cues.starts().getLast() > Wish.MOST_FRAMES) {
      throw Checks.wrong(
          "cues at frame %s are too far: at most %s"
              .formatted(cues.starts().getLast(), Wish.MOST_FRAMES));
    }
  }

  @Override
  public String title(Wish wish) {
    return String.join(" then ", wish.prompts());
  }

  @Override
  public Set<Ability> abilities() {
    return EnumSet.of(Ability.FREE_INIT, Ability.FREE_NOISE);
  }

  @Override
  public void check(Wish wish) {
    requirePrompts("travel", cues, wish);
    long last = cues.starts().getLast();
    wish.frames()
        .filter(frames -> frames <= last)
        .ifPresent(frames -> {
          throw Checks.wrong(
              "frames %s ends before the prompt at frame %s sets in: raise it"
                  .formatted(frames, last));
        });
  }

  /** Each cue has its prompt, and each prompt says something. */
  static void requirePrompts(String task, PromptCues cues, Wish wish) {
    if (wish.prompts().size() != cues.prompts()) {
      throw Checks.wrong(
          "%s has %s prompts, and cues for %s: give as many"
              .formatted(task, wish.prompts().size(), cues.prompts()));
    }
    if (wish.prompts().stream().anyMatch(String::isEmpty)) {
      throw Checks.wrong("the prompt is empty: say what %s shall show".formatted(task));
    }
  }

  @Override
  public TimestepPlan plan(Descent descent, LatentGrid grid, int frames) {
    return task(List.of(), frames).plan(descent, grid, frames);
  }

  /** A model of few levels is asked before the first clip whether it knows those of a change. */
  private void requireTaught(Making making, int frames) {
    VideoModel model = making.second().model();
    Descent descent = making.second().descent(making.request());
    model
        .scheduling()
        .distilled()
        .ifPresent(few ->
            few.require(
                task(List.of(), frames).plan(descent, model.grid(), making.request().frames())));
  }

  private Travel task(List<String> prompts, int frames) {
    return new Travel(cues, List.of(prompts), turn, frames, join.overlap());
  }

  @Override
  public Ready ready(Wish wish, SourceFiles files) {
    Optional<TimestepPlan> drawn = files.plan(plan, wish);
    drawn.ifPresent(p -> DrawnPlans.requireNothingGiven(p, "'restyle' takes such plans"));
    return new Ready() {
      @Override
      public VideoRequest request(VideoRequest usual, VideoModel model) {
        return wish.shape(
            usual, DrawnPlans.clip(drawn, model).orElseGet(() -> join.clip(usual.frames())));
      }

      @Override
      public Shoot read(Making making) {
        long usual = cues.starts().getLast() + making.request().frames();
        int all = wish.frames().orElse(Math.toIntExact(usual));
        requireTaught(making, all);
        VideoTask task =
            drawn
                .<VideoTask>map(p -> DrawnPlans.task(p, wish, Optional.empty()))
                .orElse(task(wish.prompts(), all));
        return (reel, progress) ->
            reel.film(making.second(), making.request(), task::latents, progress);
      }
    };
  }
}
