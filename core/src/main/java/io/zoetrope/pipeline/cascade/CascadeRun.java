package io.zoetrope.pipeline.cascade;

import io.zoetrope.diffusion.sampler.Noise;
import io.zoetrope.error.UserError;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.model.PriorModel;
import io.zoetrope.pipeline.model.TextPrior;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.task.Stages;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;

/**
 * Runs a {@link Cascade}, or a part of it: each stage by the engine of its model, from what the
 * stage before handed on. A stage makes the same alone as among the others, if it is given what the
 * one before it made.
 *
 * @param models where engines come from
 * @param watch told of stages
 */
public record CascadeRun(Models models, Watch watch) {
  /** Engines by the names of models. One is asked for when its stage begins, and not before. */
  @FunctionalInterface
  public interface Models {
    /**
     * The engine of a model.
     *
     * @param name empty is the order's own
     */
    Engine engine(Optional<String> name);

    /**
     * The prior of a model, which is loaded without the rest of it.
     *
     * @param name empty is the order's own
     */
    default PriorModel prior(Optional<String> name) {
      throw new IllegalStateException("no priors here");
    }

    /** Told before a stage begins which models it needs: all others may be closed. */
    default void only(Set<Optional<String>> names) {}
  }

  /** Told of stages as they come and go. */
  public interface Watch {
    /** Wants to know nothing. */
    Watch NONE = new Watch() {};

    /**
     * A stage is about to be sampled.
     *
     * @param number in its cascade, from 1
     * @return where its progress goes
     */
    default Progress begins(
        int number, Stage stage, Engine engine, VideoRequest request, Progress progress) {
      return progress;
    }

    /**
     * The same of a stage that is a prior.
     *
     * @return where its progress goes
     */
    default Progress begins(int number, Stage stage, Progress progress) {
      return progress;
    }

    /** What a stage made that is not the last, as the next one begins with it. */
    default void made(int number, Handed handed) {}
  }

  /**
   * What the last stage made, not decoded.
   *
   * @param engine that made it
   * @param request as that stage was asked
   * @param z_1CFHW latents, of the scope around
   */
  public record Take(Engine engine, VideoRequest request, Tensor z_1CFHW) {}

  /**
   * A sampling: a stage, and those that are parts of it.
   *
   * @param at of the stage, from 0
   */
  private record Sampled(int at, Stage stage, Optional<String> model, List<Late> late) {
    Set<Optional<String>> models() {
      Set<Optional<String>> names = new HashSet<>(Set.of(model));
      late.forEach(l -> names.add(Optional.of(l.model)));
      return names;
    }
  }

  private record Late(String model, double level) {}

  /** A sampling and what it is asked for. */
  private record Asked(Sampled sampled, VideoRequest request) {
    Bridge bridge() {
      return sampled.stage.bridge();
    }
  }

  /** Told to nobody. */
  public CascadeRun(Models models) {
    this(models, Watch.NONE);
  }

  /**
   * As {@link #run(Cascade, int, int, VideoRequest, Optional, Progress)} with all of its stages.
   */
  public Take run(Cascade cascade, VideoRequest asked, Optional<Handed> begun, Progress progress) {
    return run(cascade, 0, cascade.stages().size(), asked, begun, progress);
  }

  /**
   * Makes a video, to be called within a scope.
   *
   * @param from first stage that is run, from 0
   * @param to behind the last one
   * @param asked what the stages are asked for where they say nothing else; as the first stage of
   *     the cascade is asked, also if a later one begins
   * @param begun what to begin with: a video, or an embedding for the bridge of that name; empty if
   *     the first stage begins from words
   * @throws UserError if they do not fit together
   * @throws java.util.concurrent.CancellationException when progress says so
   */
  public Take run(
      Cascade cascade,
      int from,
      int to,
      VideoRequest asked,
      Optional<Handed> begun,
      Progress progress) {
    requireBegun(cascade.stages().get(from).bridge(), begun);
    List<Asked> all =
        asked(cascade.part(0, to), asked).stream().filter(one -> one.sampled.at >= from).toList();
    Stages stages = new Stages(progress, all.stream().mapToLong(CascadeRun::rows).sum());
    Optional<Handed> handed = begun;
    for (int i = 0; i < all.size() - 1; i++) {
      Asked next = all.get(i);
      Progress told = stages.next(rows(next));
      handed = Optional.of(hand(next, handed, told, progress));
      watch.made(next.sampled.at + 1, handed.get());
    }
    // Alone it counts its own rows.
    Asked last = all.getLast();
    if (!last.bridge().makesVideo()) {
      throw new UserError(
          "stage %s makes an embedding and no video: run the stage behind it, too"
              .formatted(last.sampled.at + 1));
    }
    return take(last, handed, all.size() == 1 ? progress : stages.next(rows(last)));
  }

  private static void requireBegun(Bridge first, Optional<Handed> begun) {
    boolean embedded = first instanceof Bridge.Embedding;
    if (first.fromWords() && begun.isPresent()) {
      throw new UserError(
          "the cascade begins from words: leave the video out, or begin at a later stage");
    }
    if (!first.fromWords() && begun.isEmpty()) {
      throw new UserError(
          embedded
              ? "the cascade begins with an embedding: give one"
              : "the cascade begins with a video: give one");
    }
    if (begun.isPresent() && embedded != begun.get() instanceof Handed.Embedding) {
      throw new UserError(
          embedded
              ? "the cascade begins with an embedding, not with a video"
              : "the cascade begins with a video, not with an embedding");
    }
  }

  /** What a stage that is not the last makes. */
  private Handed hand(Asked next, Optional<Handed> before, Progress told, Progress progress) {
    if (next.bridge() instanceof Bridge.Prior prior) {
      return new Handed.Embedding(Scopes.tensor(() -> embedding(next, prior, told)));
    }
    next.request.requireHeap();
    return Scopes.value(() -> {
      Take take = take(next, before, told);
      return new Handed.Film(take.engine.decode(take.z_1CFHW, take.request.fps(), progress));
    });
  }

  private Tensor embedding(Asked next, Bridge.Prior bridge, Progress progress) {
    Sampled sampled = next.sampled;
    // It is loaded alone, whatever else its folder has.
    models.only(Set.of());
    Progress told = watch.begins(sampled.at + 1, sampled.stage, progress);
    return models
        .prior(sampled.model)
        .embedding(
            next.request.prompt(),
            next.request.seed(),
            sampled.stage.prior(bridge.candidates()),
            told);
  }

  /**
   * What the stages of a cascade are asked for, each with the stages that are parts of it.
   *
   * @param first what is asked for where they say nothing else
   * @return the request of each sampling: of the video that it makes, but for its rate that of what
   *     enters; of a prior that of a video which it does not make
   */
  public static List<VideoRequest> requests(Cascade cascade, VideoRequest first) {
    return asked(cascade, first).stream().map(Asked::request).toList();
  }

  private Take take(Asked next, Optional<Handed> before, Progress progress) {
    models.only(next.sampled.models());
    Engine engine = engine(next.sampled);
    Stage stage = next.sampled.stage;
    Progress told = watch.begins(next.sampled.at + 1, stage, engine, next.request, progress);
    Crossing.Made made =
        new Crossing(engine, stage).over(stage.bridge(), next.request, before, told);
    return new Take(engine, made.request(), made.z_1CFHW());
  }

  private static List<Asked> asked(Cascade cascade, VideoRequest first) {
    List<Asked> all = new ArrayList<>();
    Set<Class<?>> bridges = new HashSet<>();
    VideoRequest request = first;
    for (Sampled next : sampled(cascade)) {
      Stage stage = next.stage;
      if (stage.bridge() instanceof Bridge.Prior prior) {
        TextPrior.Settings own = stage.prior(prior.candidates());
        all.add(
            new Asked(
                next,
                request
                    .withSteps(own.steps())
                    .withGuidance(own.guidance())
                    .withSeed(stage.seed().orElse(request.seed()))));
        continue;
      }
      VideoRequest wanted = stage.request(request);
      // Noise is named after the bridge: the second of a kind needs a seed of its own.
      if (!bridges.add(stage.bridge().getClass()) && stage.seed().isEmpty()) {
        wanted = wanted.withSeed(new RandomStreams(wanted.seed()).key("stage", all.size()) >>> 1);
      }
      all.add(new Asked(next, wanted));
      request = wanted.withFps(wanted.fps() * stage.bridge().times()).withSeed(first.seed());
    }
    return all;
  }

  private static List<Sampled> sampled(Cascade cascade) {
    List<Sampled> all = new ArrayList<>();
    Optional<String> model = Optional.empty();
    for (int at = 0; at < cascade.stages().size(); at++) {
      Stage stage = cascade.stages().get(at);
      if (stage.bridge() instanceof Bridge.Late late) {
        all.getLast().late.add(new Late(stage.model().orElseThrow(), late.level()));
      } else {
        model = stage.modelAfter(model);
        all.add(new Sampled(at, stage, model, new ArrayList<>()));
      }
    }
    return all;
  }

  private Engine engine(Sampled next) {
    Engine engine = next.stage.over(models.engine(next.model));
    for (Late late : next.late) {
      engine = engine.withLate(models.engine(Optional.of(late.model)).model(), late.level);
    }
    return switch (next.stage.noise()) {
      case EACH -> engine;
      case ONE -> engine.withNoise(CascadeRun::ofTheFirst);
    };
  }

  /** Every frame is born of the first one's noise, or what is given of it noised by that. */
  static Noise ofTheFirst(Noise noise) {
    Noise.Given before = noise.given();
    return noise.with(
        new Noise.Given() {
          @Override
          public Optional<Tensor> frame(String use, long draw, int clip, long frame) {
            return before.frame(use, draw, clip, frame);
          }

          @Override
          public long source(String use, int clip, long frame) {
            return use.equals("start") || use.equals("given") ? 0 : before.source(use, clip, frame);
          }
        });
  }

  /** How many rows it walks, about: so the whole is known before the first begins. */
  private static long rows(Asked one) {
    return one.bridge().rows(one.request.steps());
  }
}
