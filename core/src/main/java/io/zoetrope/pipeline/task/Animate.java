package io.zoetrope.pipeline.task;

import io.zoetrope.diffusion.Course;
import io.zoetrope.diffusion.Plans;
import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.Job;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.schedule.Descent;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Scopes;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Image to video: latents are given at the beginning, the others follow from them. F is the
 * request's.
 *
 * @param given_BCMHW the first M latents, usually one image; fewer than the clip has
 * @param level at which they start: 0 holds them to the last bit, a little more makes them again
 * @param course how they come down from there
 */
public record Animate(Tensor given_BCMHW, double level, Course course) implements VideoTask {
  /** Which wait at their level. */
  public Animate(Tensor given_BCMHW, double level) {
    this(given_BCMHW, level, Course.WAIT);
  }

  /**
   * The plan of a clip.
   *
   * @param given how many latents, at its beginning
   * @param level at which they start
   * @param course how they come down from there
   * @throws io.zoetrope.error.UserError if it has no frame besides
   */
  public static TimestepPlan plan(
      Descent descent, int latents, int given, double level, Course course) {
    return Given.plan(
        () -> Plans.imageToVideo(descent.levels(), latents, frame -> frame < given, level, course));
  }

  @Override
  public Tensor latents(Engine engine, List<VideoRequest> requests, Progress progress) {
    VideoRequest first = requests.getFirst();
    int given = Math.toIntExact(given_BCMHW.size(2));
    int latents = engine.latents(first.frames());
    TimestepPlan plan = plan(engine.descent(first), latents, given, level, course);
    return Scopes.tensor(() -> {
      Tensor begun = Given.of(engine, requests, given_BCMHW);
      Tensor content = Given.then(engine, requests, begun, latents - given);
      return engine.run(Job.of(plan, requests, content), progress);
    });
  }
}
