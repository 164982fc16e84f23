package io.zoetrope.pipeline.order;

import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.network.unet.Inflation;
import io.zoetrope.network.vae.LatentGrid;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.TextToVideo;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.schedule.Descent;
import io.zoetrope.pipeline.task.FromGiven;
import io.zoetrope.pipeline.task.VideoTask;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;

/**
 * From words to a video.
 *
 * @param plan drawn by hand
 * @param zero by a model of single pictures, in place of one for video
 * @param noise brought along
 * @param across by a model of single pictures, whose frames look at each other
 */
public record GenerateSpec(
    Optional<SourceRef> plan,
    Optional<ZeroMethod> zero,
    Optional<NoiseFile> noise,
    Optional<Across> across)
    implements TaskSpec {
  public GenerateSpec {
    if (plan.isPresent() && zero.isPresent()) {
      throw Checks.wrong("plan and zero each say how frames fall: leave one out");
    }
    if (across.isPresent() && zero.isPresent()) {
      throw Checks.wrong("across and zero each say whom frames look at: leave one out");
    }
    if (across.isPresent() && noise.isPresent()) {
      throw Checks.wrong("across has one noise for all frames: bring none along");
    }
  }

  /** Of models for video, or of Text2Video-Zero. */
  public GenerateSpec(
      Optional<SourceRef> plan, Optional<ZeroMethod> zero, Optional<NoiseFile> noise) {
    this(plan, zero, noise, Optional.empty());
  }

  /** In the usual way. */
  public static GenerateSpec usual() {
    return new GenerateSpec(Optional.empty(), Optional.empty(), Optional.empty());
  }

  @Override
  public String title(Wish wish) {
    return wish.prompt();
  }

  @Override
  public Set<Ability> abilities() {
    Set<Ability> all =
        EnumSet.of(
            Ability.SINGLE_PICTURES, Ability.CONTROLS, Ability.FREE_INIT, Ability.FREE_NOISE);
    if (plan.isEmpty() && zero.isEmpty() && noise.isEmpty() && across.isEmpty()) {
      all.add(Ability.REFERENCES);
    }
    if (zero.isPresent()) {
      all.remove(Ability.FREE_INIT);
    }
    if (across.isPresent()) {
      // All frames have one noise.
      all.remove(Ability.FREE_NOISE);
    }
    return all;
  }

  @Override
  public void check(Wish wish) {
    TaskSpec.requirePrompt("generate", wish);
    across.ifPresent(a -> a.check(wish));
  }

  @Override
  public void check(ModelRef model) {
    if (!model.references().isEmpty() && !abilities().contains(Ability.REFERENCES)) {
      throw Checks.wrong(
          "references stand before the video's own frames: leave plan, noise, zero and across out");
    }
  }

  @Override
  public TimestepPlan plan(Descent descent, LatentGrid grid, int frames) {
    return TextToVideo.plan(descent, grid.latents(frames));
  }

  @Override
  public ModelChoice choice(ModelChoice usual) {
    return zero.isPresent()
        ? usual.withAttention(Optional.of(Inflation.TEXT2VIDEO_ZERO.attention()))
        : across.map(a -> a.choice(usual)).orElse(usual);
  }

  @Override
  public Optional<Path> second(Sources sources, Path first) {
    return across.flatMap(a -> a.second(sources));
  }

  @Override
  public TaskSpec naming(UnaryOperator<String> lasting) {
    return new GenerateSpec(plan, zero, noise, across.map(a -> a.naming(lasting)));
  }

  @Override
  public Ready ready(Wish wish, SourceFiles files) {
    across.ifPresent(a -> a.ready(files));
    Optional<TimestepPlan> drawn = files.plan(plan, wish);
    drawn.ifPresent(p -> DrawnPlans.requireNothingGiven(p, "animate and restyle take such plans"));
    zero.flatMap(ZeroMethod::foreground).ifPresent(files::video);
    noise.map(NoiseFile::file).ifPresent(files::path);
    return new Ready() {
      @Override
      public VideoRequest request(VideoRequest usual, VideoModel model) {
        int clip = DrawnPlans.clip(drawn, model).orElse(wish.frames().orElse(usual.frames()));
        boolean few = wish.frames().isEmpty() && clip <= 1;
        if (across.isPresent()) {
          VideoRequest request = across.get().request(wish, usual, model);
          return wish.shape(request, few ? Across.FRAMES : clip);
        }
        return wish.shape(usual, few && zero.isPresent() ? ZeroMethod.FRAMES : clip);
      }

      @Override
      public Shoot read(Making making) {
        VideoRequest request = making.request();
        if (!making.references().none()) {
          FromGiven task = making.fromNothing();
          Engine engine = making.shown(request.frames());
          return (reel, progress) -> reel.film(engine, request, task::latents, progress);
        }
        Optional<Tensor> eps =
            noise.map(file ->
                file.read(
                    files.path(file.file()),
                    making
                        .first()
                        .canvas(List.of(request), making.first().latents(request.frames())),
                    zero.isPresent()));
        Reel.Latents latents =
            zero.<VideoTask>map(method -> method.task(making))
                .or(() -> drawn.map(p -> DrawnPlans.task(p, wish, Optional.empty())))
                .<Reel.Latents>map(task -> task::latents)
                .orElse((engine, one, progress) -> new TextToVideo(engine).latents(one, progress));
        Engine seeing = making.shown(request.frames());
        Engine shown = across.map(a -> a.over(seeing, making)).orElse(seeing);
        Engine engine =
            eps.map(e -> shown.withNoise(n -> n.with(NoiseFile.given(e)))).orElse(shown);
        return (reel, progress) -> reel.film(engine, request, latents, progress);
      }
    };
  }
}
