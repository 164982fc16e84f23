package io.zoetrope.pipeline.order;

import io.zoetrope.diffusion.Course;
import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.media.Fit;
import io.zoetrope.network.vae.LatentGrid;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.schedule.Descent;
import io.zoetrope.pipeline.task.Loop;
import io.zoetrope.record.Default;
import java.util.EnumSet;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;

/**
 * A picture moves and comes back, without a seam.
 *
 * @param image the first frame, which follows again after the last
 * @param fit how it is made to fit
 * @param noise that it gets, 0 to 0.99: 0 leaves it as it is
 * @param course how it comes down from that noise
 */
public record LoopSpec(
    SourceRef image,
    @Default("crop") Fit fit,
    @Default("" + LoopSpec.USUAL_NOISE) double noise,
    @Default("wait") Course course)
    implements TaskSpec {
  /** Of {@code loop}, where nothing is said: a picture of another maker closes without a jolt. */
  public static final double USUAL_NOISE = Loop.USUAL_LEVEL;

  public LoopSpec {
    Checks.real("noise", 0, 0.99, noise);
  }

  @Override
  public String title(Wish wish) {
    return image.stem() + " loop";
  }

  @Override
  public Set<Ability> abilities() {
    return EnumSet.of(Ability.HOLD, Ability.FREE_INIT, Ability.FREE_NOISE);
  }

  @Override
  public void check(Wish wish) {
    TaskSpec.requireOne("loop", wish);
    Checks.course(course, noise, false);
    TaskSpec.requireFrames("loop", wish, 2, "ask for more");
  }

  @Override
  public TimestepPlan plan(Descent descent, LatentGrid grid, int frames) {
    return Loop.plan(descent, grid.latents(frames), noise, course);
  }

  @Override
  public Ready ready(Wish wish, SourceFiles files) {
    files.picture(image);
    return new Ready() {
      @Override
      public VideoRequest request(VideoRequest usual, VideoModel model) {
        return wish.shape(usual, wish.frames().orElse(usual.frames()));
      }

      @Override
      public Shoot read(Making making) {
        Tensor first = making.picture(image, fit);
        Tensor again =
            making.second().model().grid().time() == 1 ? first : making.pictureAtRest(image, fit);
        Loop task = new Loop(first, again, noise, course);
        return (reel, progress) ->
            reel.film(making.second(), making.request(), task::latents, progress);
      }
    };
  }
}
