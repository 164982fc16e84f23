package io.zoetrope.pipeline.task;

import io.zoetrope.diffusion.Plans;
import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.Job;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.schedule.Descent;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Video to video: the source is noised to {@code strength} and falls from there. A source longer
 * than the request's clip is done clip by clip: the {@code overlap} frames that two clips share are
 * held as the first made them. F is the source's.
 *
 * @param source_BCFHW latents of the source
 * @param strength in (0, 1]: how much of the source is forgotten; under a schedule of discrete
 *     steps the last {@code strength} of them are made
 * @param overlap M, 1 to less than the clip length; of no matter to a source of one clip
 */
public record Restyle(Tensor source_BCFHW, double strength, int overlap) implements VideoTask {
  /**
   * The plan of a clip.
   *
   * @param strength in (0, 1]: how much of the source is forgotten
   * @throws io.zoetrope.error.UserError if it is none
   */
  public static TimestepPlan plan(Descent descent, int latents, double strength) {
    return Given.plan(() -> Plans.restyle(descent.levels(), latents, descent.startLevel(strength)));
  }

  /** As {@link #plan} for a clip of which {@code done} latents are made. */
  static TimestepPlan plan(Descent descent, int latents, double strength, int done) {
    return Plans.restyleOn(descent.levels(), latents, descent.startLevel(strength), done);
  }

  @Override
  public Tensor latents(Engine engine, List<VideoRequest> requests, Progress progress) {
    VideoRequest first = requests.getFirst();
    Windows windows =
        Windows.of(
            Math.toIntExact(source_BCFHW.size(2)),
            engine.latents(first.frames()),
            engine.model().grid().following(overlap));
    Descent descent = engine.descent(first);
    TimestepPlan begin = plan(descent, windows.window(), strength);
    Stages stages = new Stages(progress, (long) windows.count() * begin.steps());
    return Scopes.tensor(() -> {
      Tensor source = Given.of(engine, requests, source_BCFHW);
      Film film = new Film();
      windows.each((number, from, done, count) -> {
        TimestepPlan plan = done == 0 ? begin : plan(descent, count, strength, done);
        Tensor rest = source.narrow(2, from + done, count - done);
        Tensor content = done == 0 ? rest : Tensors.cat(List.of(film.tail(done), rest), 2);
        Job job = Job.of(plan, requests, content).named("restyle").at(number, from);
        Tensor made = engine.run(job, stages.next(plan.steps()));
        film.add(made.narrow(2, done, count - done));
      });
      return film.head(windows.latents());
    });
  }
}
