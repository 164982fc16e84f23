package io.zoetrope.pipeline.order;

import io.zoetrope.diffusion.Course;
import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.media.Fit;
import io.zoetrope.network.vae.LatentGrid;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.schedule.Descent;
import io.zoetrope.pipeline.task.Animate;
import io.zoetrope.pipeline.task.FromGiven;
import io.zoetrope.pipeline.task.FromPicture;
import io.zoetrope.pipeline.task.Restyle;
import io.zoetrope.pipeline.task.VideoTask;
import io.zoetrope.record.Default;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;

/**
 * A picture moves.
 *
 * @param image the first frame
 * @param fit how it is made to fit
 * @param noise that it gets, 0 to 0.99: 0 leaves it as it is; a single frame needs some
 * @param course how it comes down from that noise
 * @param plan drawn by hand
 */
public record AnimateSpec(
    SourceRef image,
    @Default("crop") Fit fit,
    @Default("0.0") double noise,
    @Default("wait") Course course,
    Optional<SourceRef> plan)
    implements TaskSpec {
  public AnimateSpec {
    Checks.real("noise", 0, 0.99, noise);
  }

  @Override
  public String title(Wish wish) {
    return image.stem() + " animate";
  }

  @Override
  public Set<Ability> abilities() {
    return EnumSet.of(
        Ability.SINGLE_PICTURES,
        Ability.HOLD,
        Ability.CONTROLS,
        Ability.REFERENCES,
        Ability.FREE_INIT,
        Ability.FREE_NOISE);
  }

  @Override
  public void check(Wish wish) {
    TaskSpec.requireOne("animate", wish);
    Checks.course(course, noise, plan.isPresent());
    if (noise == 0) {
      TaskSpec.requireFrames(
          "animate", wish, 2, "ask for more, or let a little noise make the one again");
    }
  }

  /** A single frame is image to image. */
  @Override
  public TimestepPlan plan(Descent descent, LatentGrid grid, int frames) {
    int latents = grid.latents(frames);
    if (latents == 1) {
      requireWaits();
    }
    return latents == 1
        ? Restyle.plan(descent, 1, noise)
        : Animate.plan(descent, latents, 1, noise, course);
  }

  @Override
  public Ready ready(Wish wish, SourceFiles files) {
    Optional<TimestepPlan> drawn = files.plan(plan, wish);
    drawn.ifPresent(DrawnPlans::requireGiven);
    files.picture(image);
    return new Ready() {
      @Override
      public VideoRequest request(VideoRequest usual, VideoModel model) {
        int clip = wish.frames().orElse(usual.frames());
        return wish.shape(usual, DrawnPlans.clip(drawn, model).orElse(clip));
      }

      @Override
      public Shoot read(Making making) {
        VideoRequest request = making.request();
        if (making.showsPixels()) {
          return shown(making, drawn);
        }
        if (making.showsPicture() && drawn.isEmpty() && !making.first().guides()) {
          return ofPicture(making);
        }
        Tensor given = making.picture(image, fit);
        VideoTask task =
            drawn
                .<VideoTask>map(
                    p -> DrawnPlans.task(p, wish, Optional.of(repeated(given, p.frames()))))
                .orElseGet(() -> task(making.second().model(), request, given));
        Engine engine = making.shown(request.frames());
        return (reel, progress) -> reel.film(engine, request, task::latents, progress);
      }
    };
  }

  /** By a model that is shown the picture beside the noise. */
  private Shoot shown(Making making, Optional<TimestepPlan> drawn) {
    if (noise > 0 || drawn.isPresent()) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "this model is shown its picture beside the noise, and all frames fall together",
          "leave %s out".formatted(noise > 0 ? "noise" : "plan"));
    }
    FromGiven task = making.fromGiven(new LinkedHashMap<>(Map.of(0, image)), fit);
    Engine engine = making.shown(making.request().frames());
    return (reel, progress) -> reel.film(engine, making.request(), task::latents, progress);
  }

  /** By a model that is shown the picture on every frame, and makes all of them. */
  private Shoot ofPicture(Making making) {
    if (noise > 0) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "this model makes all frames of its picture, and holds none that could have noise",
          "leave noise out");
    }
    VideoRequest request = making.request();
    FromPicture task = new FromPicture(making.shownPicture(image, fit));
    Engine engine = making.shown(request.frames());
    return (reel, progress) -> reel.film(engine, request, task::latents, progress);
  }

  private VideoTask task(VideoModel model, VideoRequest request, Tensor given) {
    if (model.grid().latents(request.frames()) > 1) {
      return new Animate(given, noise, course);
    }
    if (noise == 0) {
      model.requireVideo();
    }
    requireWaits();
    return new Restyle(given, noise, 1);
  }

  private void requireWaits() {
    if (course != Course.WAIT) {
      throw new UserError(
          Fault.ORDER,
          "a single picture has no others that it could fall with",
          "ask for more frames, or leave its course out");
    }
  }

  /** One latent as often as there are, [1, C, 1, h, w] -> [1, C, L, h, w] (a view). */
  private static Tensor repeated(Tensor z_1C1HW, int latents) {
    return z_1C1HW.expand(
        z_1C1HW.size(0), z_1C1HW.size(1), latents, z_1C1HW.size(3), z_1C1HW.size(4));
  }
}
