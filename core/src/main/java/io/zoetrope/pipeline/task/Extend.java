package io.zoetrope.pipeline.task;

import io.zoetrope.diffusion.Plans;
import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.Job;
import io.zoetrope.pipeline.TextToVideo;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.schedule.Descent;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Fault;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.UserError;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * A clip made longer, clip by clip: each takes the last {@code overlap} frames of what there is,
 * held, and adds {@code request.frames() - overlap} new ones. Overlap 1 is chaining on the last
 * frame. What a shorter result holds is the beginning of a longer one.
 *
 * @param begun_BCFHW the beginning, at least {@code overlap} frames; kept to the last bit. Empty
 *     begins with text to video
 * @param frames F of the result
 * @param overlap M, 1 to less than the clip length
 */
public record Extend(Optional<Tensor> begun_BCFHW, int frames, int overlap) implements VideoTask {
  /**
   * The plan of a clip that goes on from the one before.
   *
   * @param overlap frames that it has from that
   * @throws UserError if that leaves none
   */
  public static TimestepPlan plan(Descent descent, int clip, int overlap) {
    return Given.plan(() -> Plans.extend(descent.levels(), clip, overlap));
  }

  @Override
  public Tensor latents(Engine engine, List<VideoRequest> requests, Progress progress) {
    VideoRequest first = requests.getFirst();
    int clip = first.frames();
    int begun = begun_BCFHW.map(z -> Math.toIntExact(z.size(2))).orElse(0);
    if (begun > 0 && begun < overlap) {
      throw new UserError(
          Fault.INVALID,
          "%d frames cannot be gone on from with an overlap of %d".formatted(begun, overlap));
    }
    if (begun >= frames) {
      throw new UserError(
          Fault.INVALID,
          "there are %d frames already".formatted(begun),
          "ask for more than that, not %d".formatted(frames));
    }
    TimestepPlan plan = plan(engine.descent(first), clip, overlap);
    int have = begun == 0 ? clip : begun;
    int more = Math.max(0, Math.ceilDiv(frames - have, clip - overlap));
    Stages stages = new Stages(progress, (more + (begun == 0 ? 1L : 0)) * plan.steps());
    return Scopes.tensor(() -> {
      Film film = new Film();
      film.add(
          begun_BCFHW
              .map(z -> Given.of(engine, requests, z))
              .orElseGet(() -> start(engine, requests, stages.next(plan.steps()))));
      for (int number = 1; film.frames() < frames; number++) {
        Tensor content = Given.then(engine, requests, film.tail(overlap), clip - overlap);
        Job job = Job.of(plan, requests, content).at(number, film.frames() - overlap);
        Tensor made = engine.run(job, stages.next(plan.steps()));
        film.add(made.narrow(2, overlap, clip - overlap));
      }
      return film.head(frames);
    });
  }

  private static Tensor start(Engine engine, List<VideoRequest> requests, Progress progress) {
    return new TextToVideo(engine).latents(requests, progress);
  }
}
