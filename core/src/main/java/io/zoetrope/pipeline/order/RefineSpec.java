package io.zoetrope.pipeline.order;

import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.error.UserError;
import io.zoetrope.media.Fit;
import io.zoetrope.media.Frame;
import io.zoetrope.media.FrameTensors;
import io.zoetrope.media.Sound;
import io.zoetrope.media.Source;
import io.zoetrope.media.Video;
import io.zoetrope.media.VideoInfo;
import io.zoetrope.network.vae.LatentGrid;
import io.zoetrope.pipeline.cascade.Bridge;
import io.zoetrope.pipeline.cascade.Cascade;
import io.zoetrope.pipeline.cascade.CascadeRun;
import io.zoetrope.pipeline.cascade.Handed;
import io.zoetrope.pipeline.cascade.Stage;
import io.zoetrope.pipeline.family.ModelIndex;
import io.zoetrope.pipeline.model.Size;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.schedule.Descent;
import io.zoetrope.pipeline.task.Restyle;
import io.zoetrope.pipeline.task.Upscale;
import io.zoetrope.record.Default;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Scopes;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;

/**
 * A video is made larger and finer. The wish's size is that of the result.
 *
 * @param video what it begins with; empty makes a small video from words first
 * @param fit how it is made to fit
 * @param start seconds at which it begins, 0 or more
 * @param scale how many times as large, 1 to 8; where no size is wished for, 2
 * @param strength how much is made again, 0 (nothing: it is enlarged and no more) to 1; empty is as
 *     the model's index says ({@code "refine": {"strength": X}}), else 0.4
 * @param upscale where it is enlarged
 * @param refiner the model for what comes after enlarging; empty is the one that the first names,
 *     else the first itself
 * @param join of its clips
 */
public record RefineSpec(
    Optional<SourceRef> video,
    @Default("crop") Fit fit,
    @Default("0.0") double start,
    Optional<Double> scale,
    Optional<Double> strength,
    @Default("pixels") Bridge.Where upscale,
    Optional<String> refiner,
    @Default("{}") Join join)
    implements TaskSpec {
  private static final double USUAL_SCALE = 2;
  private static final double USUAL_STRENGTH = 0.4;

  /** The model of the last stage, whichever that is. */
  private static final String SECOND = "second";

  public RefineSpec {
    Checks.real("start", 0, Wish.MOST_FRAMES, start);
    strength.ifPresent(value -> Checks.real("strength", 0, 1, value));
    scale.ifPresent(value -> Checks.real("scale", 1, 8, value));
    refiner.ifPresent(value -> Checks.named("refiner", value));
  }

  @Override
  public String title(Wish wish) {
    return video.map(SourceRef::stem).orElse(wish.prompt()) + " refine";
  }

  @Override
  public Set<Ability> abilities() {
    return EnumSet.of(Ability.FREE_INIT, Ability.FREE_NOISE);
  }

  @Override
  public void check(Wish wish) {
    if (scale.isPresent() && wish.size().isPresent()) {
      throw Checks.wrong("scale and size both say how large: leave one out");
    }
    if (video.isEmpty()) {
      TaskSpec.requirePrompt("refine", wish);
    } else {
      TaskSpec.requireOne("refine", wish);
    }
  }

  @Override
  public TimestepPlan plan(Descent descent, LatentGrid grid, int frames) {
    return Restyle.plan(descent, grid.latents(frames), strength.orElse(USUAL_STRENGTH));
  }

  @Override
  public Optional<Path> second(Sources sources, Path first) {
    if (enlargedOnly()) {
      return Optional.empty();
    }
    return refiner
        .map(sources::model)
        .or(() -> ModelIndex.refiner(first))
        .filter(f -> !f.equals(first));
  }

  @Override
  public boolean samples() {
    return !enlargedOnly();
  }

  private boolean enlargedOnly() {
    return strength.equals(Optional.of(0.0));
  }

  /** Who names a refiner wants it to do something. */
  @Override
  public TaskSpec settled(Supplier<Path> model) {
    if (strength.isPresent()) {
      return this;
    }
    Optional<Double> own = refiner.isPresent() ? Optional.empty() : said(model);
    Optional<Double> settled = own.or(() -> Optional.of(USUAL_STRENGTH));
    return new RefineSpec(video, fit, start, scale, settled, upscale, refiner, join);
  }

  private static Optional<Double> said(Supplier<Path> model) {
    try {
      return ModelIndex.refineStrength(model.get());
    } catch (UserError e) {
      return Optional.empty(); // who loads it will say so, after the sources were looked at
    }
  }

  @Override
  public TaskSpec naming(UnaryOperator<String> lasting) {
    return new RefineSpec(video, fit, start, scale, strength, upscale, refiner.map(lasting), join);
  }

  @Override
  public Ready ready(Wish wish, SourceFiles files) {
    return new Refining(wish, files, video.map(files::video));
  }

  /** Its sizes follow from the model's and the source's. */
  private final class Refining implements Ready {
    private final Wish wish;
    private final SourceFiles files;
    private final Optional<VideoInfo> given;

    Refining(Wish wish, SourceFiles files, Optional<VideoInfo> given) {
      this.wish = wish;
      this.files = files;
      this.given = given;
    }

    @Override
    public VideoRequest request(VideoRequest usual, VideoModel model) {
      Size small = small(model);
      int multiple = model.sizeMultiple();
      Size large = wish.size().orElseGet(() -> times(small, scale.orElse(USUAL_SCALE), multiple));
      if (large.width() < small.width() || large.height() < small.height()) {
        throw new UserError(
            "refining makes a video larger: ask for more than %s, not %s".formatted(small, large));
      }
      boolean words = video.isEmpty() && wish.frames().isPresent();
      int clip = words ? wish.frames().orElseThrow() : join.clip(usual.frames());
      return wish.shape(usual, clip).withSize(large.width(), large.height());
    }

    /** About as many pixels as the model makes, in the shape of the source; never enlarged. */
    private Size small(VideoModel model) {
      Size own = new Size(model.defaults().width(), model.defaults().height());
      return given
          .map(info -> {
            double area = Math.sqrt((double) own.width() * own.height());
            double shrink = Math.min(1, area / Math.sqrt((double) info.width() * info.height()));
            return times(info.width(), info.height(), shrink, model.sizeMultiple());
          })
          .orElse(own);
    }

    @Override
    public Map<String, Object> details(VideoModel model) {
      return Map.of("from", small(model).toString(), "strength", strength.orElse(USUAL_STRENGTH));
    }

    @Override
    public Optional<Sound> sound() {
      return given.flatMap(info -> files.sound(video.orElseThrow(), info, start));
    }

    @Override
    public Shoot read(Making making) {
      VideoRequest request = making.request();
      Size small = small(making.first().model());
      Cascade cascade = cascade(small, new Size(request.width(), request.height()));
      if (enlargedOnly()) {
        making
            .note()
            .accept(
                "enlarged, and nothing made again: a strength of %s makes some of it again"
                    .formatted(USUAL_STRENGTH));
      }
      if (given.isEmpty()) {
        return enlargedOnly()
            ? enlarged(making, cascade.part(0, 1), Optional.empty())
            : film(making, cascade, Optional.empty());
      }
      Source.Wish source =
          Source.Wish.of(small.width(), small.height())
              .at(request.fps())
              .fitted(fit)
              .from(start)
              .first(wish.frames().orElse(RestyleSpec.USUAL_MOST));
      Video begun = making.video(video.orElseThrow(), making.heard(source)).video();
      return enlargedOnly()
          ? enlarged(making, cascade, Optional.of(begun))
          : film(making, cascade.part(1, 2), Optional.of(begun));
    }
  }

  /** The small video from words, and what is made larger of it. */
  private Cascade cascade(Size small, Size large) {
    double again = enlargedOnly() ? USUAL_STRENGTH : strength.orElse(USUAL_STRENGTH);
    Bridge finer = new Bridge.StartNoise(again, upscale, join.overlap());
    return Cascade.of(
        Stage.of(Optional.empty(), new Bridge.None()).withSize(small),
        Stage.of(Optional.of(SECOND), finer).withSize(large));
  }

  private static Shoot film(Making making, Cascade cascade, Optional<Video> begun) {
    CascadeRun run = new CascadeRun(name -> name.isPresent() ? making.second() : making.first());
    return (reel, progress) -> {
      CascadeRun.Take take =
          run.run(cascade, making.request(), begun.map(Handed.Film::new), reel.timed(progress));
      reel.show(take.engine(), take.request(), take.z_1CFHW(), 0, progress);
    };
  }

  /** The source, or the small video that is made first, as large as was asked and no more. */
  private static Shoot enlarged(Making making, Cascade small, Optional<Video> begun) {
    CascadeRun run = new CascadeRun(name -> making.first());
    VideoRequest large = making.request();
    return (reel, progress) -> {
      Video video =
          begun.orElseGet(() -> {
            CascadeRun.Take take = run.run(small, large, Optional.empty(), reel.timed(progress));
            return take.engine().decode(take.z_1CFHW(), large.fps(), progress);
          });
      long total = video.frames().size();
      for (Frame frame : video.frames()) {
        reel.show(List.of(enlarged(frame, large)), total, progress);
      }
    };
  }

  private static Frame enlarged(Frame frame, VideoRequest large) {
    return Scopes.value(() -> {
      Tensor x_3FHW = FrameTensors.toTensor(new Video(List.of(frame), large.fps()));
      Tensor x = Upscale.to(x_3FHW.unsqueeze(0), large.height(), large.width()).select(0, 0);
      return FrameTensors.toVideo(Ops.clamp(x, -1, 1), large.fps()).frames().getFirst();
    });
  }

  private static Size times(Size from, double factor, int multiple) {
    return times(from.width(), from.height(), factor, multiple);
  }

  private static Size times(int width, int height, double factor, int multiple) {
    return new Size(multiple(width * factor, multiple), multiple(height * factor, multiple));
  }

  private static int multiple(double side, int of) {
    int least = Math.ceilDiv(Size.MIN, of) * of;
    return (int) Math.max(least, Math.round(side / of) * of);
  }
}
