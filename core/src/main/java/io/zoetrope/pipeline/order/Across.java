package io.zoetrope.pipeline.order;

import io.zoetrope.diffusion.sampler.Noise;
import io.zoetrope.network.unet.SpatialAttention;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.record.Default;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Video by a model of single pictures that was never trained for it: its frames look at each other,
 * and all begin with one noise (Zhang et al., "ControlVideo: Training-free Controllable
 * Text-to-Video Generation", 2023).
 *
 * @param look whom frames look at in the image layers
 * @param smooth whether frames are smoothed on the way; not unless said
 * @param hierarchical whether a clip is made from its key frames, which costs less of a long one;
 *     only where all look at all
 */
public record Across(
    @Default("all") Look look, Optional<Smooth> smooth, @Default("false") boolean hierarchical) {
  /** Frames of a clip where nothing is said. */
  static final int FRAMES = 16;

  /** Whom a frame looks at. */
  public enum Look {
    /** Itself: what the others are to be measured by. */
    NONE(new SpatialAttention.Apart()),
    /** The first frame. */
    FIRST(new SpatialAttention.FirstFrame()),
    /** The first frame and the one before. */
    SPARSE(new SpatialAttention.SparseCausal()),
    /** All frames. */
    ALL(new SpatialAttention.AllFrames());

    private final SpatialAttention pattern;

    Look(SpatialAttention pattern) {
      this.pattern = pattern;
    }
  }

  public Across {
    if (hierarchical && look != Look.ALL) {
      throw Checks.wrong("hierarchical sampling is for frames that all look at all");
    }
  }

  /** Requires that a wish goes with it. */
  void check(Wish wish) {
    smooth.ifPresent(s -> s.check(wish));
  }

  /** Looks at what it needs. */
  void ready(SourceFiles files) {
    smooth.ifPresent(s -> s.ready(files));
  }

  /** The model that makes frames between frames, if it has one. */
  Optional<Path> second(Sources sources) {
    return smooth.flatMap(Smooth::model).map(sources::model);
  }

  /** The same with names of models that last. */
  Across naming(UnaryOperator<String> lasting) {
    return new Across(look, smooth.map(s -> s.naming(lasting)), hierarchical);
  }

  /** A model whose frames look so. */
  ModelChoice choice(ModelChoice usual) {
    return usual.withAttention(Optional.of(look.pattern));
  }

  /** A request whose steps can be smoothed: by DDIM, if the model's own cannot and none is told. */
  VideoRequest request(Wish wish, VideoRequest usual, VideoModel model) {
    boolean fits =
        smooth.isEmpty()
            || model.scheduling().sampling(usual.sampler(), usual.steps()).sampler().straight();
    if (fits || wish.sampler().isPresent()) {
      return usual;
    }
    int steps = wish.steps().orElse(model.defaults().by("ddim").steps());
    return usual.withSampler("ddim").withSteps(steps);
  }

  /** An engine that works so. */
  Engine over(Engine engine, Making making) {
    String own = engine.model().defaults().sampler();
    if (smooth.isPresent() && !making.request().sampler().equals(own)) {
      making.note().accept("sampled by %s, to be smoothed".formatted(making.request().sampler()));
    }
    Engine one = engine.withNoise(noise -> noise.with(Noise.Given.ONE));
    if (smooth.isPresent()) {
      engine.requireLatentPerFrame("smoothing");
      one = one.withEdit(smooth.get().over(engine, making));
    }
    return hierarchical ? one.withKeyFrames() : one;
  }
}
