package io.zoetrope.pipeline.order;

import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.media.Fit;
import io.zoetrope.media.Sound;
import io.zoetrope.media.Source;
import io.zoetrope.media.Video;
import io.zoetrope.media.VideoInfo;
import io.zoetrope.network.vae.LatentGrid;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.GivenVideo;
import io.zoetrope.pipeline.Region;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.schedule.Descent;
import io.zoetrope.pipeline.task.FromGiven;
import io.zoetrope.pipeline.task.Restyle;
import io.zoetrope.pipeline.task.VideoTask;
import io.zoetrope.record.Default;
import io.zoetrope.torch.Tensors;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A video is made again, by other words.
 *
 * @param video what it begins with; a picture will do
 * @param fit how it is made to fit
 * @param start seconds at which it begins, 0 or more
 * @param strength how much of it is forgotten, 0.01 to 1
 * @param join of its clips
 * @param plan drawn by hand
 * @param invert from its own noise, in place of fresh one
 * @param mask white where it is made anew, the rest is kept; a picture for all frames, or a video
 *     as long. Without it all is made
 * @param blur how many times its structure is blurred before a model is shown it, 0 or more; only
 *     for models that follow structure, 0 if left out
 * @param across by a model of single pictures, whose frames look at each other
 */
public record RestyleSpec(
    SourceRef video,
    @Default("crop") Fit fit,
    @Default("0.0") double start,
    @Default("0.6") double strength,
    @Default("{}") Join join,
    Optional<SourceRef> plan,
    Optional<Invert> invert,
    Optional<SourceRef> mask,
    Optional<Integer> blur,
    Optional<Across> across)
    implements TaskSpec {
  /** What is taken of a long source unless more is asked for. */
  static final int USUAL_MOST = 256;

  public RestyleSpec {
    Checks.real("start", 0, Wish.MOST_FRAMES, start);
    Checks.real("strength", 0.01, 1, strength);
    blur.ifPresent(times -> Checks.whole("blur", 0, 12, times));
    if (plan.isPresent() && invert.isPresent()) {
      throw Checks.wrong("inversion rises and falls by a plan of its own: leave out the drawn one");
    }
  }

  /** From fresh noise. */
  public RestyleSpec(
      SourceRef video,
      Fit fit,
      double start,
      double strength,
      Join join,
      Optional<SourceRef> plan) {
    this(
        video,
        fit,
        start,
        strength,
        join,
        plan,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  @Override
  public String title(Wish wish) {
    return video.stem() + " " + wish.prompt();
  }

  @Override
  public Set<Ability> abilities() {
    EnumSet<Ability> all =
        EnumSet.of(
            Ability.SINGLE_PICTURES, Ability.CONTROLS, Ability.FREE_INIT, Ability.FREE_NOISE);
    if (mask.isPresent()) {
      all.add(Ability.REFERENCES);
    }
    if (invert.isPresent()) {
      // Its noise is the source's own.
      all.removeAll(EnumSet.of(Ability.FREE_INIT, Ability.FREE_NOISE));
    }
    if (across.isPresent()) {
      // All frames have one noise.
      all.remove(Ability.FREE_NOISE);
    }
    return all;
  }

  @Override
  public void check(Wish wish) {
    TaskSpec.requirePrompt("restyle", wish);
    invert.ifPresent(i -> i.check(wish));
    across.ifPresent(a -> a.check(wish));
  }

  @Override
  public void check(ModelRef model) {
    if (!model.references().isEmpty() && mask.isEmpty()) {
      throw Checks.wrong("references are for what is made anew: say by a mask what that is");
    }
  }

  @Override
  public ModelChoice choice(ModelChoice usual) {
    return across.map(a -> a.choice(usual)).orElse(usual);
  }

  @Override
  public TimestepPlan plan(Descent descent, LatentGrid grid, int frames) {
    return Restyle.plan(descent, grid.latents(frames), strength);
  }

  @Override
  public Optional<Path> second(Sources sources, Path first) {
    return across.flatMap(a -> a.second(sources));
  }

  @Override
  public TaskSpec naming(UnaryOperator<String> lasting) {
    return new RestyleSpec(
        video,
        fit,
        start,
        strength,
        join,
        plan,
        invert,
        mask,
        blur,
        across.map(a -> a.naming(lasting)));
  }

  /** By a model that is shown the video and the mask beside the noise. */
  private Shoot shown(Making making, Video video, SourceRef white) {
    if (plan.isPresent() || invert.isPresent()) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "this model is shown the video beside the noise, and all frames fall together",
          "leave the plan or the inversion out");
    }
    making.said().accept("what is under the mask is made from noise, whatever the strength");
    GivenVideo given = new MaskFile(white).given(making, fit, start, video);
    FromGiven task =
        new FromGiven(making.references().beside(given, making), Tensors.zeros(1, 0, 1));
    return (reel, progress) -> reel.film(making.first(), making.request(), task::latents, progress);
  }

  @Override
  public Ready ready(Wish wish, SourceFiles files) {
    across.ifPresent(a -> a.ready(files));
    Optional<TimestepPlan> drawn = files.plan(plan, wish);
    drawn.ifPresent(DrawnPlans::requireGiven);
    VideoInfo info = files.video(video);
    mask.ifPresent(files::video);
    return new Ready() {
      @Override
      public VideoRequest request(VideoRequest usual, VideoModel model) {
        VideoRequest inverted = invert.map(i -> i.request(wish, usual, model)).orElse(usual);
        VideoRequest request = across.map(a -> a.request(wish, inverted, model)).orElse(inverted);
        return wish.shape(request, DrawnPlans.clip(drawn, model).orElseGet(() -> clip(model)));
      }

      private int clip(VideoModel model) {
        if (across.isPresent()) {
          int most = across.get().hierarchical() ? most(model) : Across.FRAMES;
          return join.clip(Math.max(Math.min(most, length()), join.overlap() + 1));
        }
        return model.can(io.zoetrope.pipeline.family.Ability.VIDEO)
            ? join.clip(model.defaults().frames())
            : 1;
      }

      /** About how many frames will be made; many where the source does not say how long it is. */
      private int length() {
        OptionalDouble seconds = info.seconds();
        double fps = wish.fps().orElse(info.fps());
        return seconds.isPresent()
            ? Math.max(1, (int) Math.min(USUAL_MOST, Math.ceil(seconds.getAsDouble() * fps)))
            : USUAL_MOST;
      }

      private int most(VideoModel model) {
        int usual = model.can(io.zoetrope.pipeline.family.Ability.VIDEO) ? USUAL_MOST : 1;
        return DrawnPlans.clip(drawn, model).orElse(wish.frames().orElse(usual));
      }

      @Override
      public Optional<Sound> sound() {
        return files.sound(video, info, start);
      }

      @Override
      public Shoot read(Making making) {
        VideoModel model = making.first().model();
        int most = most(model);
        model.requireFrames(most);
        Source given = making.video(video, making.wish().fitted(fit).from(start).first(most));
        int have = given.video().frames().size();
        drawn.ifPresent(p -> requireEnough(most, have));
        int whole = model.grid().whole(have);
        if (whole > have) {
          making
              .said()
              .accept(
                  "its last frame is taken %s times, to fill a latent".formatted(whole - have + 1));
        }
        if (mask.isPresent() && making.showsPixels()) {
          return shown(making, given.video(), mask.get());
        }
        invert.ifPresent(i -> i.say(wish, making.request(), model, making.note()));
        Tensor latents = making.first().encode(given.video(), making.progress());
        Optional<Region> region =
            mask.map(m -> new MaskFile(m).region(making, fit, start, given.video(), latents));
        Optional<Tensor> where = region.map(r -> r.made_11FHW().to(ScalarType.Float));
        VideoTask task =
            drawn
                .<VideoTask>map(p -> DrawnPlans.task(p, wish, Optional.of(latents)))
                .or(() ->
                    invert.map(
                        i -> i.task(latents, strength, join.overlap(), where, making.note())))
                .orElse(new Restyle(latents, strength, join.overlap()));
        Engine shown = making.shown(video, given.video());
        Engine looking = across.map(a -> a.over(shown, making)).orElse(shown);
        Engine part = region.map(looking::withRegion).orElse(looking);
        Engine engine = new StructureOf(making, given.video()).shownTo(part, blur);
        return (reel, progress) ->
            reel.film(
                engine,
                making.request(),
                (e, requests, told) -> {
                  Tensor made = task.latents(e, requests, told);
                  return region.map(r -> r.around(made)).orElse(made);
                },
                progress);
      }
    };
  }

  private void requireEnough(int wanted, int have) {
    if (have < wanted) {
      throw new UserError(
          "'%s' has %s frames, the plan %s: raise the rate, or take a shorter plan"
              .formatted(video.path(), have, wanted));
    }
  }
}
