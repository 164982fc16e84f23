package io.zoetrope.pipeline.order;

import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.media.Fit;
import io.zoetrope.network.vae.LatentGrid;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.schedule.Descent;
import io.zoetrope.pipeline.task.FromGiven;
import io.zoetrope.pipeline.task.Interpolate;
import io.zoetrope.record.Default;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.Set;

/**
 * What happens between two pictures.
 *
 * @param first the first frame
 * @param last the last frame
 * @param fit how they are made to fit
 */
public record InterpolateSpec(SourceRef first, SourceRef last, @Default("crop") Fit fit)
    implements TaskSpec {
  @Override
  public String title(Wish wish) {
    return first.stem() + " to " + last.stem();
  }

  @Override
  public Set<Ability> abilities() {
    return EnumSet.of(Ability.HOLD, Ability.REFERENCES, Ability.FREE_INIT, Ability.FREE_NOISE);
  }

  @Override
  public void check(Wish wish) {
    TaskSpec.requireOne("interpolate", wish);
    TaskSpec.requireFrames("interpolate", wish, 3, "ask for more");
  }

  @Override
  public TimestepPlan plan(Descent descent, LatentGrid grid, int frames) {
    return Interpolate.plan(descent, grid.latents(frames));
  }

  @Override
  public Ready ready(Wish wish, SourceFiles files) {
    files.picture(first);
    files.picture(last);
    return new Ready() {
      @Override
      public VideoRequest request(VideoRequest usual, VideoModel model) {
        return wish.shape(usual, wish.frames().orElse(usual.frames()));
      }

      @Override
      public Shoot read(Making making) {
        if (making.showsPixels()) {
          FromGiven given = making.fromGiven(ends(), fit);
          return (reel, progress) ->
              reel.film(making.second(), making.request(), given::latents, progress);
        }
        Interpolate task =
            new Interpolate(making.picture(first, fit), making.pictureAtRest(last, fit));
        return (reel, progress) ->
            reel.film(making.second(), making.request(), task::latents, progress);
      }
    };
  }

  private SequencedMap<Integer, SourceRef> ends() {
    SequencedMap<Integer, SourceRef> ends = new LinkedHashMap<>();
    ends.put(0, first);
    ends.put(-1, last);
    return ends;
  }
}
