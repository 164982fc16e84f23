package io.zoetrope.pipeline.cascade;

import io.zoetrope.diffusion.NoiseLevel;
import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.guidance.ContextWindows;
import io.zoetrope.diffusion.guidance.DynamicThresholding;
import io.zoetrope.error.UserError;
import io.zoetrope.network.vae.LatentGrid;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.family.NoiseLabels;
import io.zoetrope.pipeline.model.Size;
import io.zoetrope.pipeline.model.TextPrior;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.schedule.Samplers;
import io.zoetrope.record.Default;
import io.zoetrope.record.Limits;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * One stage of a {@link Cascade}. What is empty is as in the request that the cascade is run with,
 * size and frames as the bridge hands them on.
 *
 * @param model by name; empty is the model of the stage before, of the first stage the order's
 * @param bridge over which the stage before enters
 * @param augmentation level in [0, 1] to which what is seen beside the noisy video is noised, and
 *     which the network is told (Ho et al. 2021, "Cascaded Diffusion Models", section 3); only
 *     where something is
 * @param snr the same as a ratio of signal to noise, {@code alpha^2 / sigma^2}, 0.001 to 1000000:
 *     the same noise under every schedule. In place of {@code augmentation}
 * @param size of its video
 * @param frames of one clip of it
 * @param rate frames per second of what enters it; a bridge that makes more frames raises it
 * @param steps of its sampling; of a prior 25 if it says none
 * @param guidance scale of classifier-free guidance; 1 is off. Of a prior 4 if it says none
 * @param sampler by name
 * @param seed of its noise
 * @param noise which frames share theirs
 * @param oscillate guidance is off at every other step after the first so many; for base and first
 *     super-resolution (Ho et al. 2022, "Imagen Video", section 2.5)
 * @param threshold what pixels are clipped to at each step; for models of pixels
 * @param windows in which a long video is denoised at once, averaged at each step
 */
public record Stage(
    Optional<String> model,
    @Default("{kind: none}") Bridge bridge,
    @Default("0.0") double augmentation,
    Optional<Double> snr,
    Optional<Size> size,
    Optional<Integer> frames,
    Optional<Double> rate,
    Optional<Integer> steps,
    Optional<Double> guidance,
    Optional<String> sampler,
    Optional<Long> seed,
    @Default("each") Sharing noise,
    Optional<Integer> oscillate,
    Optional<DynamicThresholding.Bound> threshold,
    Optional<Windows> windows) {
  /**
   * Windows that overlap.
   *
   * @param frames of each, from 2
   * @param overlap frames that two share, 0 to less than all
   */
  public record Windows(int frames, @Default("2") int overlap) {
    public Windows {
      Limits.USUAL.whole("frames", 2, VideoRequest.MOST_FRAMES, frames);
      Limits.USUAL.whole("overlap", 0, frames - 1, overlap);
    }
  }

  /** Whose noise a frame is born of. */
  public enum Sharing {
    /** Its own. */
    EACH,

    /**
     * That of the first frame, so that detail does not flicker; a texture then sticks to the screen
     * (Make-A-Video's last super-resolution).
     */
    ONE
  }

  public Stage {
    Limits.USUAL.real("augmentation", 0, 1, augmentation);
    snr.ifPresent(value -> Limits.USUAL.real("snr", 0.001, 1e6, value));
    if (snr.isPresent() && augmentation > 0) {
      throw new UserError("augmentation and snr both say how noisy: leave one out");
    }
    if (augments(augmentation, snr) && !bridge.beside()) {
      throw new UserError(
          "augmentation noises what is seen beside the video: only the bridges enlarge and repeat"
              + " have that");
    }
    if (bridge.within()
        && (size.isPresent()
            || frames.isPresent()
            || rate.isPresent()
            || steps.isPresent()
            || guidance.isPresent()
            || sampler.isPresent()
            || seed.isPresent()
            || oscillate.isPresent()
            || threshold.isPresent()
            || windows.isPresent()
            || noise != Sharing.EACH)) {
      throw new UserError(
          "a stage over the bridge late is part of the sampling before it: give it a model only");
    }
    if (!bridge.makesVideo()
        && (size.isPresent()
            || frames.isPresent()
            || rate.isPresent()
            || sampler.isPresent()
            || oscillate.isPresent()
            || threshold.isPresent()
            || windows.isPresent()
            || noise != Sharing.EACH)) {
      throw new UserError(
          "a stage over the bridge prior makes one embedding: it has a model, steps, guidance and a"
              + " seed, and nothing else");
    }
    if (bridge.within() && model.isEmpty()) {
      throw new UserError("a stage over the bridge late names the model that takes over");
    }
    sampler.ifPresent(name -> {
      if (!Samplers.NAMES.contains(name)) {
        throw new UserError(
            "sampler must be one of %s, is '%s'"
                .formatted(String.join(", ", Samplers.NAMES), name));
      }
    });
    model.ifPresent(name -> {
      if (name.isBlank() || name.indexOf('\0') >= 0) {
        throw new UserError(
            "model is empty: name one, or leave it out for that of the stage before");
      }
    });
    frames.ifPresent(value -> Limits.USUAL.whole("frames", 1, VideoRequest.MOST_FRAMES, value));
    oscillate.ifPresent(
        value -> Limits.USUAL.whole("oscillate", 0, VideoRequest.MOST_STEPS, value));
    steps.ifPresent(value -> Limits.USUAL.whole("steps", 1, VideoRequest.MOST_STEPS, value));
    rate.ifPresent(value -> Limits.USUAL.real("rate", 0.1, 240, value));
    guidance.ifPresent(value -> Limits.USUAL.real("guidance", 0, 100, value));
    seed.ifPresent(value -> {
      if (value < 0) {
        throw new UserError("seed must be 0 or more, is " + value);
      }
    });
  }

  private static boolean augments(double level, Optional<Double> snr) {
    return level > 0 || snr.isPresent();
  }

  /** Whether what is seen beside the noisy video is noised. */
  public boolean augments() {
    return augments(augmentation, snr);
  }

  /** How much, under the schedule of its model. */
  NoiseLevel noise(NoiseSchedule schedule) {
    return schedule.at(snr.map(ratio -> schedule.level(Math.log(ratio))).orElse(augmentation));
  }

  /** The same as a label, for a model that is told one. */
  int label(NoiseLabels labels) {
    return snr.map(ratio -> labels.nearest(Math.log(ratio)))
        .orElseGet(() -> augmentation > 0 ? labels.at(augmentation) : labels.usual());
  }

  /**
   * Whose model is its own.
   *
   * @param before the model of the stage before; empty is the order's
   */
  public Optional<String> modelAfter(Optional<String> before) {
    return model.isPresent() ? model : before;
  }

  /** A stage of which all else is usual. */
  public static Stage of(Optional<String> model, Bridge bridge) {
    return new Stage(
        model,
        bridge,
        0,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Sharing.EACH,
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /** This with a size of its own. */
  public Stage withSize(Size other) {
    return new Stage(
        model,
        bridge,
        augmentation,
        snr,
        Optional.of(other),
        frames,
        rate,
        steps,
        guidance,
        sampler,
        seed,
        noise,
        oscillate,
        threshold,
        windows);
  }

  /** An engine that works as it says. */
  Engine over(Engine engine) {
    Engine made = engine;
    if (oscillate.isPresent()) {
      made = made.withOscillation(oscillate.get());
    }
    if (threshold.isPresent()) {
      made = made.withBound(threshold.get());
    }
    if (windows.isPresent()) {
      LatentGrid grid = engine.model().grid();
      int length = grid.latents(windows.get().frames());
      made = made.withContext(new ContextWindows.Shape(length, windows.get().overlap()));
    }
    return made;
  }

  /** This with another name of its model. */
  Stage naming(UnaryOperator<String> names) {
    return new Stage(
        model.map(names),
        bridge,
        augmentation,
        snr,
        size,
        frames,
        rate,
        steps,
        guidance,
        sampler,
        seed,
        noise,
        oscillate,
        threshold,
        windows);
  }

  /** How its prior is sampled. */
  TextPrior.Settings prior(int candidates) {
    TextPrior.Settings usual = TextPrior.USUAL;
    return new TextPrior.Settings(
        steps.orElse(usual.steps()), guidance.orElse(usual.guidance()), candidates);
  }

  /** What this stage is asked for, where {@code usual} is what the one before was. */
  VideoRequest request(VideoRequest usual) {
    VideoRequest shaped = size.map(s -> usual.withSize(s.width(), s.height())).orElse(usual);
    return shaped
        .withFrames(frames.orElse(usual.frames()))
        .withFps(rate.orElse(usual.fps()))
        .withSteps(steps.orElse(usual.steps()))
        .withGuidance(guidance.orElse(usual.guidance()))
        .withSampler(sampler.orElse(usual.sampler()))
        .withSeed(seed.orElse(usual.seed()));
  }
}
