package io.zoetrope.pipeline.cascade;

import io.zoetrope.diffusion.sampler.Noise;
import io.zoetrope.error.UserError;
import io.zoetrope.media.Video;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.task.Stages;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.RandomStreams;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;

/**
 * Runs a {@link Cascade}: each stage by the engine of its model, from what the stage before showed.
 *
 * @param models where engines come from
 */
public record CascadeRun(Models models) {
  /** Engines by the names of models. One is asked for when its stage begins, and not before. */
  @FunctionalInterface
  public interface Models {
    /**
     * The engine of a model.
     *
     * @param name empty is the order's own
     */
    Engine engine(Optional<String> name);
  }

  /**
   * What the last stage made, not decoded.
   *
   * @param engine that made it
   * @param request as that stage was asked
   * @param z_1CFHW latents, of the scope around
   */
  public record Take(Engine engine, VideoRequest request, Tensor z_1CFHW) {}

  /** A sampling: a stage, and those that are parts of it. */
  private record Sampled(Stage stage, Optional<String> model, List<Late> late) {}

  private record Late(String model, double level) {}

  /**
   * Makes a video, to be called within a scope.
   *
   * @param asked what the stages are asked for where they say nothing else
   * @param begun the video to begin with; empty if the first stage begins from words
   * @throws UserError if they do not fit together
   * @throws java.util.concurrent.CancellationException when progress says so
   */
  public Take run(Cascade cascade, VideoRequest asked, Optional<Video> begun, Progress progress) {
    if (cascade.fromWords() == begun.isPresent()) {
      throw new UserError(
          begun.isPresent()
              ? "the cascade begins from words: leave the video out, or begin at a later stage"
              : "the cascade begins with a video: give one");
    }
    List<Sampled> all = sampled(cascade);
    List<Long> rows = rows(all, asked);
    Stages stages = new Stages(progress, rows.stream().mapToLong(Long::longValue).sum());
    Set<Class<?>> bridges = new HashSet<>();
    Optional<Video> video = begun;
    VideoRequest request = asked;
    for (int i = 0; ; i++) {
      Sampled next = all.get(i);
      Stage stage = next.stage;
      VideoRequest wanted = stage.request(request);
      // Noise is named after the bridge: the second of a kind needs a seed of its own.
      if (!bridges.add(stage.bridge().getClass()) && stage.seed().isEmpty()) {
        wanted = wanted.withSeed(new RandomStreams(wanted.seed()).key("stage", i) >>> 1);
      }
      Engine engine = engine(next);
      boolean last = i == all.size() - 1;
      if (!last) {
        wanted.requireHeap();
      }
      // Alone it counts its own rows.
      Progress told = all.size() == 1 ? progress : stages.next(rows.get(i));
      Crossing.Made made =
          new Crossing(engine, stage.augmentation()).over(stage.bridge(), wanted, video, told);
      if (last) {
        return new Take(engine, made.request(), made.z_1CFHW());
      }
      video = Optional.of(engine.decode(made.z_1CFHW(), made.request().fps(), progress));
      request = made.request().withSeed(asked.seed());
    }
  }

  private static List<Sampled> sampled(Cascade cascade) {
    List<Sampled> all = new ArrayList<>();
    Optional<String> model = Optional.empty();
    for (Stage stage : cascade.stages()) {
      model = stage.model().or(latest(model));
      if (stage.bridge() instanceof Bridge.Late late) {
        String name =
            stage
                .model()
                .orElseThrow(() ->
                    new UserError("a stage over the bridge late names the model that takes over"));
        all.getLast().late.add(new Late(name, late.level()));
      } else {
        all.add(new Sampled(stage, model, new ArrayList<>()));
      }
    }
    return all;
  }

  private static java.util.function.Supplier<Optional<String>> latest(Optional<String> model) {
    return () -> model;
  }

  private Engine engine(Sampled next) {
    Engine engine = models.engine(next.model);
    for (Late late : next.late) {
      engine = engine.withLate(models.engine(Optional.of(late.model)).model(), late.level);
    }
    return switch (next.stage.noise()) {
      case EACH -> engine;
      case ONE -> engine.withNoise(CascadeRun::ofTheFirst);
    };
  }

  /** Every frame is born of the first one's noise. */
  private static Noise ofTheFirst(Noise noise) {
    Noise.Given before = noise.given();
    return noise.with(
        new Noise.Given() {
          @Override
          public Optional<Tensor> frame(String use, long draw, int clip, long frame) {
            return before.frame(use, draw, clip, frame);
          }

          @Override
          public long source(String use, int clip, long frame) {
            return use.equals("start") ? 0 : before.source(use, clip, frame);
          }
        });
  }

  /** How many rows each walks, about: so the whole is known before the first begins. */
  private static List<Long> rows(List<Sampled> all, VideoRequest asked) {
    List<Long> rows = new ArrayList<>();
    VideoRequest request = asked;
    for (Sampled next : all) {
      request = next.stage.request(request);
      rows.add((long) next.stage.bridge().rows(request.steps()));
    }
    return rows;
  }
}
