package io.zoetrope.pipeline.order;

import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.error.Fault;
import io.zoetrope.error.Mend;
import io.zoetrope.error.UserError;
import io.zoetrope.media.Fit;
import io.zoetrope.media.Frame;
import io.zoetrope.media.Sound;
import io.zoetrope.media.Source;
import io.zoetrope.media.Video;
import io.zoetrope.media.VideoInfo;
import io.zoetrope.network.vae.LatentGrid;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.schedule.Descent;
import io.zoetrope.pipeline.task.Extend;
import io.zoetrope.record.Default;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;

/**
 * A video goes on.
 *
 * @param video the beginning, whose own frames stay as they are
 * @param fit how it is made to fit
 * @param start seconds at which it begins, 0 or more
 * @param join of its clips
 */
public record ExtendSpec(
    SourceRef video,
    @Default("crop") Fit fit,
    @Default("0.0") double start,
    @Default("{}") Join join)
    implements TaskSpec {
  /** Longer sources are named in part: all of their frames are kept in memory. */
  private static final int MOST_SOURCE = 4096;

  public ExtendSpec {
    Checks.real("start", 0, Wish.MOST_FRAMES, start);
  }

  @Override
  public String title(Wish wish) {
    return video.stem() + " extend";
  }

  @Override
  public Set<Ability> abilities() {
    return EnumSet.of(Ability.HOLD, Ability.FREE_INIT, Ability.FREE_NOISE);
  }

  @Override
  public void check(Wish wish) {
    TaskSpec.requireOne("extend", wish);
  }

  @Override
  public TimestepPlan plan(Descent descent, LatentGrid grid, int frames) {
    return Extend.plan(descent, grid.latents(frames), grid.following(join.overlap()));
  }

  @Override
  public Ready ready(Wish wish, SourceFiles files) {
    VideoInfo info = files.video(video);
    if (info.still()) {
      throw new UserError(
          Fault.INVALID,
          "'%s' is one picture".formatted(video.path()),
          Mend.NONE.and(Mend.Deed.ANIMATE));
    }
    return new Ready() {
      @Override
      public VideoRequest request(VideoRequest usual, VideoModel model) {
        return wish.shape(usual, join.clip(usual.frames()));
      }

      @Override
      public Optional<Sound> sound() {
        return files.sound(video, info, start);
      }

      @Override
      public Shoot read(Making making) {
        return shoot(wish, making);
      }
    };
  }

  private Shoot shoot(Wish wish, Making making) {
    VideoRequest request = making.request();
    Source given =
        Source.video(
            making.files().path(video),
            making.wish().fitted(fit).from(start).first(MOST_SOURCE + 1),
            making.progress());
    requireShort(given, request.fps());
    making.said().accept(given.report());
    List<Frame> have = given.video().frames();
    int wanted = wanted(wish, have.size(), request.frames());
    int overlap = overlap(making.second().model().grid(), have.size());
    if (overlap < join.overlap()) {
      making
          .said()
          .accept("it has no more than %s frames, so clips overlap by those".formatted(overlap));
    }
    List<Frame> tail = have.subList(have.size() - overlap, have.size());
    Tensor begun = making.second().encode(new Video(tail, request.fps()), making.progress());
    Extend task = new Extend(Optional.of(begun), wanted - have.size() + overlap, overlap);
    // The model has only seen the last of the source.
    return (reel, progress) -> {
      Tensor z = task.latents(making.second(), List.of(request), reel.timed(progress));
      reel.show(have, wanted, progress);
      reel.show(making.second(), request, z, overlap, progress);
    };
  }

  /** Frames that the first clip has of the source: they fill their latents. */
  private int overlap(LatentGrid grid, int have) {
    int most = Math.min(grid.whole(join.overlap()), have);
    return grid.fills(most) ? most : grid.frames(grid.latents(most) - 1);
  }

  private int wanted(Wish wish, int have, int clip) {
    int wanted = wish.frames().orElseGet(() -> have + clip - Math.min(join.overlap(), have));
    if (wanted <= have) {
      throw new UserError(
          "%s frames, but '%s' has %s already: ask for more than that"
              .formatted(wanted, video.path(), have));
    }
    return wanted;
  }

  private void requireShort(Source given, double fps) {
    if (given.video().frames().size() > MOST_SOURCE) {
      double seconds = given.info().seconds().orElse(start + MOST_SOURCE / fps);
      throw new UserError(
          "'%s' has more than %s frames at %s per second: name its end, from second %s on"
              .formatted(video.path(), MOST_SOURCE, fps, (long) (seconds - MOST_SOURCE / fps + 1)));
    }
  }
}
