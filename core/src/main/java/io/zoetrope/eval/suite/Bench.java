package io.zoetrope.eval.suite;

import io.zoetrope.data.toybox.Split;
import io.zoetrope.data.toybox.Traits.Motion;
import io.zoetrope.eval.features.FeatureSet;
import io.zoetrope.eval.features.FrechetDistance;
import io.zoetrope.eval.features.VideoFeatures;
import io.zoetrope.media.Video;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.family.ModelIndex;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.progress.Phase;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Scopes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.bytedeco.pytorch.Tensor;

/** What a suite runs on: a model, how to sample from it, and who watches. */
public final class Bench {
  /**
   * How many, and how.
   *
   * @param count seeds
   * @param seed the first; video i has this plus i, and the sources are drawn by it
   * @param batch videos sampled at once
   * @param split of the prompts
   * @param negative prompt
   * @param steps of sampling
   * @param guidance scale
   * @param sampler by name
   */
  public record Settings(
      int count,
      long seed,
      int batch,
      Split split,
      String negative,
      int steps,
      double guidance,
      String sampler) {}

  /** Who watches a suite, and may end it; told of videos, and in words what is being made. */
  public interface Watcher extends Progress {
    /** A video that was made, to be looked at. */
    void made(String caption, Video video);
  }

  /**
   * Some of the clips: what is made at once.
   *
   * @param requests with the clips' own prompts
   */
  record Batch(List<TruthClip> clips, List<VideoRequest> requests) {
    int size() {
      return clips.size();
    }
  }

  private final Engine engine;
  private final Engine refiner;
  private final Settings settings;
  private final Optional<VideoFeatures> features;
  private final Watcher watcher;
  private int done;

  /**
   * @param features for Frechet distances; without them there are none
   */
  public Bench(
      Engine engine, Settings settings, Optional<VideoFeatures> features, Watcher watcher) {
    this(engine, engine, settings, features, watcher);
  }

  /**
   * As above with a second model.
   *
   * @param refiner makes larger and finer what the engine made
   */
  public Bench(
      Engine engine,
      Engine refiner,
      Settings settings,
      Optional<VideoFeatures> features,
      Watcher watcher) {
    this.engine = engine;
    this.refiner = refiner;
    this.settings = settings;
    this.features = features;
    this.watcher = watcher;
  }

  Engine engine() {
    return engine;
  }

  /** The model that refines: the engine's own unless another was named. */
  Engine refiner() {
    return refiner;
  }

  Settings settings() {
    return settings;
  }

  ModelIndex.Defaults defaults() {
    return engine.model().defaults();
  }

  /** A request in the model's own size and length. */
  VideoRequest request(String prompt, int number) {
    return VideoRequest.of(prompt, settings.seed + number, defaults())
        .withNegative(settings.negative)
        .withSteps(settings.steps)
        .withGuidance(settings.guidance)
        .withSampler(settings.sampler);
  }

  /** The same requests with other prompts. */
  List<VideoRequest> withPrompts(List<VideoRequest> requests, List<String> prompts) {
    List<VideoRequest> others = new ArrayList<>();
    for (int i = 0; i < prompts.size(); i++) {
      int number = Math.toIntExact(requests.get(i).seed() - settings.seed);
      others.add(request(prompts.get(i), number));
    }
    return others;
  }

  /** Clips with these motions, batch by batch; each batch has a native scope of its own. */
  void eachBatch(Set<Motion> motions, Consumer<Batch> body) {
    List<TruthClip> clips = TruthClip.of(settings.count, settings.seed, settings.split, motions);
    for (int from = 0; from < clips.size(); from += settings.batch) {
      List<TruthClip> some = clips.subList(from, Math.min(clips.size(), from + settings.batch));
      List<VideoRequest> requests = new ArrayList<>();
      for (int i = 0; i < some.size(); i++) {
        requests.add(request(some.get(i).prompt().text(), from + i));
      }
      Scopes.run(() -> body.accept(new Batch(some, requests)));
      done += some.size();
      report("");
    }
  }

  /** For the sampler: tells the watcher what is made, and stops where that says so. */
  Progress progress(String what) {
    report(what);
    return watcher.map(step ->
        io.zoetrope.progress.Report.of(Phase.EVALUATE, done, settings.count)
            .words("%s %s %s/%s".formatted(what, step.phase().doing(), step.done(), step.total())));
  }

  private void report(String words) {
    watcher.requireGoing(done, settings.count);
    watcher.update(Phase.EVALUATE, done, settings.count, words);
  }

  /** Hands videos over to be looked at. */
  void show(String caption, Video video) {
    watcher.made(caption, video);
  }

  Optional<VideoFeatures> features() {
    return features;
  }

  /** Adds videos [B, 3, F, H, W] to a set, if there is an extractor. */
  void collect(FeatureSet set, Tensor x_B3FHW) {
    features.ifPresent(extractor -> set.add(extractor, x_B3FHW));
  }

  /** The distance of two sets that were collected. */
  Optional<FrechetDistance> frechet(FeatureSet made, FeatureSet truth) {
    return features.isPresent() && Math.min(made.size(), truth.size()) > 1
        ? Optional.of(FrechetDistance.between(made, truth, settings.seed))
        : Optional.empty();
  }
}
