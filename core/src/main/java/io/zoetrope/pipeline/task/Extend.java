package io.zoetrope.pipeline.task;

import io.zoetrope.diffusion.Plans;
import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.vae.LatentGrid;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.Job;
import io.zoetrope.pipeline.TextToVideo;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.schedule.Descent;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Scopes;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * A clip made longer, clip by clip: each takes the last {@code overlap} frames of what there is,
 * held, and adds {@code request.frames() - overlap} new ones. Overlap 1 is chaining on the last
 * frame. What a shorter result holds is the beginning of a longer one.
 *
 * @param begun_BCLHW latents of the beginning, at least {@code overlap} frames; kept to the last
 *     bit. Empty begins with text to video
 * @param frames F of the result, at least
 * @param overlap M, 1 to less than the clip length; counted as the latents that hold so many
 */
public record Extend(Optional<Tensor> begun_BCLHW, int frames, int overlap) implements VideoTask {
  /**
   * The plan of a clip that goes on from the one before.
   *
   * @param clip latents of it
   * @param overlap latents that it has from that
   * @throws UserError if that leaves none
   */
  public static TimestepPlan plan(Descent descent, int clip, int overlap) {
    return Given.plan(() -> Plans.extend(descent.levels(), clip, overlap));
  }

  @Override
  public Tensor latents(Engine engine, List<VideoRequest> requests, Progress progress) {
    VideoRequest first = requests.getFirst();
    LatentGrid grid = engine.model().grid();
    int clip = grid.latents(first.frames());
    int shared = grid.following(overlap);
    int wanted = grid.latents(frames);
    int begun = begun_BCLHW.map(z -> Math.toIntExact(z.size(2))).orElse(0);
    if (begun > 0 && begun < shared) {
      throw new UserError(
          Fault.INVALID,
          "%s frames cannot be gone on from with an overlap of %s"
              .formatted(grid.frames(begun), overlap));
    }
    if (begun >= wanted) {
      throw new UserError(
          Fault.INVALID,
          "there are %s frames already".formatted(grid.frames(begun)),
          "ask for more than that, not %s".formatted(frames));
    }
    TimestepPlan plan = plan(engine.descent(first), clip, shared);
    int have = begun == 0 ? clip : begun;
    int more = Math.max(0, Math.ceilDiv(wanted - have, clip - shared));
    Stages stages = new Stages(progress, (more + (begun == 0 ? 1L : 0)) * plan.steps());
    return Scopes.tensor(() -> {
      Film film = new Film();
      film.add(
          begun_BCLHW
              .map(z -> Given.of(engine, requests, z))
              .orElseGet(() -> start(engine, requests, stages.next(plan.steps()))));
      for (int number = 1; film.latents() < wanted; number++) {
        Tensor content = Given.then(engine, requests, film.tail(shared), clip - shared);
        Job job = Job.of(plan, requests, content).at(number, film.latents() - shared);
        Tensor made = engine.run(job, stages.next(plan.steps()));
        film.add(made.narrow(2, shared, clip - shared));
      }
      return film.head(wanted);
    });
  }

  private static Tensor start(Engine engine, List<VideoRequest> requests, Progress progress) {
    return new TextToVideo(engine).latents(requests, progress);
  }
}
