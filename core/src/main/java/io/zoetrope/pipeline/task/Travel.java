package io.zoetrope.pipeline.task;

import io.zoetrope.diffusion.Plans;
import io.zoetrope.diffusion.PromptCues;
import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.vae.LatentGrid;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.Job;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.schedule.Descent;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Scopes;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * A video whose prompt changes on the way. F is {@code frames}; what is longer than the request's
 * clip is made clip by clip.
 *
 * @param cues at which frames prompts change, and over how many ({@code cues.blend()})
 * @param prompts for each clip of the batch the P texts; one list alone is for all
 * @param turn where prompts change
 * @param frames F of the result
 * @param overlap M of joins at which no prompt changes softly: frames held from the clip before
 */
public record Travel(
    PromptCues cues, List<List<String>> prompts, Turn turn, int frames, int overlap)
    implements VideoTask {

  /** Where prompts change. */
  public enum Turn {
    /**
     * Between clips: a new clip begins at each cue. Without a blend its edge is hard: the {@code
     * overlap} frames before the cue are held, the frames from the cue on have the new prompt. With
     * a blend it is soft ({@link Plans#softBoundary}): the blended frames are made again, from a
     * ramp of levels, and follow the new prompt by as much.
     */
    BETWEEN_CLIPS,

    /**
     * Within clips: every frame of a clip falls with the others and follows its own prompts. Clips
     * join wherever they end.
     */
    WITHIN_CLIPS
  }

  /** The same in latents of a model in place of frames. */
  private Travel counted(LatentGrid grid) {
    return new Travel(
        Counted.cues(cues, grid), prompts, turn, grid.latents(frames), grid.following(overlap));
  }

  /**
   * The plan of the clip in which the first change of prompts lies; of the first clip, if prompts
   * change within clips, or never.
   *
   * @param clip frames of it
   * @throws UserError if changes or joins leave the clip no frames
   */
  public TimestepPlan plan(Descent descent, LatentGrid grid, int clip) {
    return counted(grid).plan(descent, grid.latents(clip));
  }

  /** In latents. */
  private TimestepPlan plan(Descent descent, int clip) {
    double[] levels = descent.levels();
    return Given.plan(() ->
        turn == Turn.WITHIN_CLIPS || cues.prompts() == 1
            ? opening(levels, clip)
            : boundary(levels, clip, overlap));
  }

  private TimestepPlan opening(double[] levels, int clip) {
    TimestepPlan plan = Plans.textToVideo(levels, clip);
    return turn == Turn.WITHIN_CLIPS ? plan.withPrompts(cues.track(0, clip)) : plan;
  }

  /**
   * The plan of the clip that begins with a new prompt.
   *
   * @param held frames of the one before, where the edge is hard
   */
  private TimestepPlan boundary(double[] levels, int clip, int held) {
    return cues.blend() == 0
        ? Plans.extend(levels, clip, held)
        : Plans.softBoundary(levels, clip, cues.blend());
  }

  @Override
  public Tensor latents(Engine engine, List<VideoRequest> requests, Progress progress) {
    VideoRequest first = requests.getFirst();
    double[] levels = engine.levels(first);
    check(first.frames());
    LatentGrid grid = engine.model().grid();
    Making making =
        counted(grid)
        .new Making(
            engine,
            requests,
            Given.prompts(prompts, requests),
            levels,
            grid.latents(first.frames()),
            progress);
    return Scopes.tensor(making::all);
  }

  private void check(int clip) {
    int most = Math.max(overlap, cues.blend());
    if (overlap < 1 || most >= clip) {
      throw new UserError(
          Fault.INVALID,
          "clips of %s frames overlap by 1 to %s of them, not %s"
              .formatted(clip, clip - 1, overlap < 1 ? overlap : most));
    }
    long last = cues.starts().getLast() + cues.blend() - cues.blend() / 2;
    if (frames < Math.max(1, last)) {
      throw new UserError(
          Fault.INVALID,
          "the last prompt is reached at frame %s: a video of %s frames ends before it"
              .formatted(last, frames));
    }
  }

  /** One run, counted in latents. */
  private final class Making {
    private final Film film = new Film();
    private final Engine engine;
    private final List<VideoRequest> requests;
    private final List<List<String>> texts;
    private final double[] levels;
    private final int clip;
    private final Stages stages;
    private int number;

    Making(
        Engine engine,
        List<VideoRequest> requests,
        List<List<String>> texts,
        double[] levels,
        int clip,
        Progress progress) {
      this.engine = engine;
      this.requests = requests;
      this.texts = texts;
      this.levels = levels;
      this.clip = clip;
      stages = new Stages(progress, (long) clips() * (levels.length - 1));
    }

    Tensor all() {
      switch (turn) {
        case BETWEEN_CLIPS -> betweenClips();
        case WITHIN_CLIPS -> withinClips();
      }
      return film.head(frames);
    }

    void withinClips() {
      begin(opening(levels, clip), texts);
      while (film.latents() < frames) {
        TimestepPlan plan =
            Plans.extend(levels, clip, overlap)
                .withPrompts(cues.track((long) film.latents() - overlap, clip));
        goOn(plan, texts, overlap);
      }
    }

    void betweenClips() {
      begin(opening(levels, clip), only(0));
      for (int prompt = 0; prompt < cues.prompts(); prompt++) {
        if (prompt > 0) {
          turnTo(prompt);
        }
        int end = end(prompt);
        while (film.latents() < end) {
          goOn(Plans.extend(levels, clip, overlap), only(prompt), overlap);
        }
        film.cut(end);
      }
    }

    /** The clip that begins with a new prompt. */
    private void turnTo(int prompt) {
      int blend = cues.blend();
      if (blend == 0) {
        int held = Math.min(overlap, film.latents());
        goOn(boundary(levels, clip, held), only(prompt), held);
        return;
      }
      List<List<String>> both =
          texts.stream().map(all -> List.of(all.get(prompt - 1), all.get(prompt))).toList();
      Tensor made = run(boundary(levels, clip, blend), both, blend);
      film.cut(film.latents() - blend);
      film.add(made);
    }

    /** Where a prompt's last clip is cut: a soft boundary needs frames of both its sides. */
    private int end(int prompt) {
      if (prompt + 1 == cues.prompts()) {
        return frames;
      }
      return Math.toIntExact(cues.firstBlended(prompt + 1)) + cues.blend();
    }

    private void begin(TimestepPlan plan, List<List<String>> with) {
      film.add(run(plan, with, 0));
    }

    /** One more clip; what it shares with the film is held, and so already there. */
    private void goOn(TimestepPlan plan, List<List<String>> with, int shared) {
      film.add(run(plan, with, shared).narrow(2, shared, clip - shared));
    }

    private Tensor run(TimestepPlan plan, List<List<String>> with, int shared) {
      Tensor content =
          shared == 0
              ? engine.canvas(requests, clip)
              : Given.then(engine, requests, film.tail(shared), clip - shared);
      Job job = new Job(plan, requests, with, content, "clip", number++, film.latents() - shared);
      return engine.run(job, stages.next(plan.steps()));
    }

    private List<List<String>> only(int prompt) {
      return texts.stream().map(all -> List.of(all.get(prompt))).toList();
    }

    /** How many clips there will be. */
    private int clips() {
      int step = clip - overlap;
      if (turn == Turn.WITHIN_CLIPS) {
        return 1 + Math.max(0, Math.ceilDiv(frames - clip, step));
      }
      int count = 0;
      int have = 0;
      for (int prompt = 0; prompt < cues.prompts(); prompt++) {
        int shared = prompt == 0 ? 0 : cues.blend() > 0 ? cues.blend() : Math.min(overlap, have);
        have += clip - shared;
        count++;
        int more = Math.max(0, Math.ceilDiv(end(prompt) - have, step));
        count += more;
        have = end(prompt);
      }
      return count;
    }
  }
}
