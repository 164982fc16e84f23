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
import io.zoetrope.torch.Tensors;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * A loop that begins with an image and returns to it: F frames, the request's, after the last of
 * which the first follows. One more latent is sampled, given the same image, and dropped.
 *
 * @param image_BC1HW frame 0
 * @param again_BC1HW the same where it follows again ({@link Engine#encodeAtRest})
 * @param level at which it starts, at both ends: 0 holds it to the last bit, a little more makes it
 *     again with the others
 * @param course how it comes down from there
 */
public record Loop(Tensor image_BC1HW, Tensor again_BC1HW, double level, Course course)
    implements VideoTask {
  /** The level of {@code zoetrope loop}: a picture of another maker closes without a jolt. */
  public static final double USUAL_LEVEL = 0.2;

  /** With an image that is the same latent wherever it stands. */
  public Loop(Tensor image_BC1HW, double level) {
    this(image_BC1HW, image_BC1HW, level, Course.WAIT);
  }

  /**
   * The plan of a loop of so many latents; it has one more, which is dropped.
   *
   * @param level at which the image starts
   * @param course how it comes down from there
   * @throws io.zoetrope.error.UserError if there are fewer than 2
   */
  public static TimestepPlan plan(Descent descent, int latents, double level, Course course) {
    return Given.plan(() -> Plans.loop(descent.levels(), latents, level, course));
  }

  @Override
  public Tensor latents(Engine engine, List<VideoRequest> requests, Progress progress) {
    VideoRequest first = requests.getFirst();
    int latents = engine.latents(first.frames());
    TimestepPlan plan = plan(engine.descent(first), latents, level, course);
    return Scopes.tensor(() -> {
      Tensor image = Given.frame(engine, requests, image_BC1HW);
      Tensor again = Given.frame(engine, requests, again_BC1HW);
      Tensor between = engine.canvas(requests, latents - 1);
      Tensor content = Tensors.cat(List.of(image, between, again), 2);
      return engine.run(Job.of(plan, requests, content), progress).narrow(2, 0, latents);
    });
  }
}
