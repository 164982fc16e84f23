package io.zoetrope.pipeline.order;

import io.zoetrope.diffusion.FreeInit;
import io.zoetrope.diffusion.LowPass;
import io.zoetrope.diffusion.guidance.DynamicThresholding;
import io.zoetrope.diffusion.guidance.SkipLayers;
import io.zoetrope.diffusion.guidance.StepCache;
import io.zoetrope.diffusion.sampler.FreeNoise;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.FrameWindows;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.Guide;
import io.zoetrope.pipeline.family.Ability;
import io.zoetrope.pipeline.model.MemoryNeed;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.record.Default;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How clips are made: longer ones than a model knows, steadier ones, and how given frames are kept.
 * Every engine that an order starts gets it.
 *
 * @param window frames: longer clips are denoised in windows of so many, which overlap by a quarter
 * @param freeNoise noise that repeats in another order, and attention over frames in windows: for
 *     models with motion modules
 * @param freeInit how often each clip is made, 1 to 20, each from the low frequencies of the one
 *     before
 * @param temporal how much frames have to do with each other, 0 to 10: 0 leaves each to itself, 1
 *     is as the model has it, above is calmer; a pass more for each step
 * @param hold how given frames are kept; empty holds them by the plan
 * @param windowing what the windows look like
 * @param motion how much motion modules count
 * @param oscillate guidance is off at every other step after the first so many, 0 to 1000; empty
 *     leaves it on
 * @param threshold what pixels are clipped to at each step; for models of pixels
 * @param lateGuidance scale of guidance of the model's second network, 0 to 100; for models of two
 * @param micro numbers of the clip that the network is told; for models that are told them
 * @param firstGuidance scale of guidance at the first frame, 0 to 100, from which it runs evenly to
 *     the usual one at the last; empty is as the model has it
 * @param cfgZero steps that stand still at first under CFG-Zero*, 0 to 1000; for models of flows
 * @param decodeFrames frames that are decoded at once at most, where the model's decoder sees
 *     several together; empty for as many as memory holds
 * @param easyCache threshold of EasyCache, 0 to 3: the network is not asked where it is about to
 *     say what it said before
 * @param skipLayers blocks of a transformer that guidance leaves out
 * @param teaCache threshold of TeaCache, 0 to 3: the network is not asked where the input of its
 *     first block has hardly changed; for transformers, and without {@code easyCache}
 * @param guidanceApart whether the two branches of guidance are asked one after the other, in half
 *     the memory
 * @param contextGuidance how much the frames count that the network is shown, 0 to 100: 1 is as it
 *     was trained, 0 shows it none; for models that are shown which frames are known
 */
public record Tuning(
    Optional<Integer> window,
    @Default("false") boolean freeNoise,
    Optional<Integer> freeInit,
    Optional<Double> temporal,
    Optional<Hold> hold,
    @Default("{}") Windowing windowing,
    Optional<Motion> motion,
    Optional<Integer> oscillate,
    Optional<DynamicThresholding.Bound> threshold,
    Optional<Double> lateGuidance,
    Optional<MicroConditions> micro,
    Optional<Double> firstGuidance,
    Optional<Integer> cfgZero,
    Optional<Integer> decodeFrames,
    Optional<Double> easyCache,
    Optional<SkipLayers> skipLayers,
    Optional<Double> teaCache,
    @Default("false") boolean guidanceApart,
    Optional<Double> contextGuidance) {
  /** Nothing special. */
  public static final Tuning NONE =
      new Tuning(Optional.empty(), false, Optional.empty(), Optional.empty(), Optional.empty());

  /** With windows of the usual looks, and motion modules as they are. */
  public Tuning(
      Optional<Integer> window,
      boolean freeNoise,
      Optional<Integer> freeInit,
      Optional<Double> temporal,
      Optional<Hold> hold) {
    this(
        window,
        freeNoise,
        freeInit,
        temporal,
        hold,
        Windowing.USUAL,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        false,
        Optional.empty());
  }

  /** This, and what the network is told of the clip. */
  public Tuning withMicro(MicroConditions told) {
    return with(Optional.of(told), decodeFrames, skipLayers, teaCache, guidanceApart);
  }

  /** This, decoding so many frames at once. */
  public Tuning withDecodeFrames(int frames) {
    return with(micro, Optional.of(frames), skipLayers, teaCache, guidanceApart);
  }

  /** This, with guidance for which blocks are left out. */
  public Tuning withSkipLayers(SkipLayers skip) {
    return with(micro, decodeFrames, Optional.of(skip), teaCache, guidanceApart);
  }

  /** This by TeaCache, up to a threshold. */
  public Tuning withTeaCache(double threshold) {
    return with(micro, decodeFrames, skipLayers, Optional.of(threshold), guidanceApart);
  }

  /** This, asking for the branches of guidance one after the other. */
  public Tuning withGuidanceApart() {
    return with(micro, decodeFrames, skipLayers, teaCache, true);
  }

  private Tuning with(
      Optional<MicroConditions> told,
      Optional<Integer> decoded,
      Optional<SkipLayers> skip,
      Optional<Double> tea,
      boolean apart) {
    return new Tuning(
        window,
        freeNoise,
        freeInit,
        temporal,
        hold,
        windowing,
        motion,
        oscillate,
        threshold,
        lateGuidance,
        told,
        firstGuidance,
        cfgZero,
        decoded,
        easyCache,
        skip,
        tea,
        apart,
        contextGuidance);
  }

  /** What a clip will need of memory. */
  MemoryNeed need(VideoModel model, VideoRequest clip) {
    return model.need(clip, 1, decoded(), guidanceApart);
  }

  /** Frames that are decoded at once at most; empty if that is up to memory. */
  OptionalInt decoded() {
    return decodeFrames.map(OptionalInt::of).orElseGet(OptionalInt::empty);
  }

  public Tuning {
    window.ifPresent(value -> Checks.whole("window", 1, VideoRequest.MOST_FRAMES, value));
    freeInit.ifPresent(value -> Checks.whole("freeInit", 1, 20, value));
    decodeFrames.ifPresent(
        value -> Checks.whole("decodeFrames", 1, VideoRequest.MOST_FRAMES, value));
    oscillate.ifPresent(value -> Checks.whole("oscillate", 0, VideoRequest.MOST_STEPS, value));
    cfgZero.ifPresent(value -> Checks.whole("cfgZero", 0, VideoRequest.MOST_STEPS, value));
    firstGuidance.ifPresent(value -> Checks.real("firstGuidance", 0, 100, value));
    lateGuidance.ifPresent(value -> Checks.real("lateGuidance", 0, 100, value));
    temporal.ifPresent(value -> Checks.real("temporal", 0, 10, value));
    contextGuidance.ifPresent(value -> Checks.real("contextGuidance", 0, 100, value));
    easyCache.ifPresent(value -> Checks.real("easyCache", 0, StepCache.MOST, value));
    teaCache.ifPresent(value -> Checks.real("teaCache", 0, StepCache.MOST, value));
    if (easyCache.isPresent() && teaCache.isPresent()) {
      throw Checks.wrong("easyCache and teaCache each say which steps are left out: take one");
    }
    if (!windowing.equals(Windowing.USUAL) && window.isEmpty()) {
      throw Checks.wrong("windowing says what windows look like: say how long they are");
    }
    if (window.isPresent() && windowing.overlap().orElse(0) >= window.get()) {
      throw Checks.wrong(
          "windows of %s frames overlap by 0 to %s of them, not by %s"
              .formatted(window.get(), window.get() - 1, windowing.overlap().orElse(0)));
    }
  }

  /**
   * An engine that works so.
   *
   * @throws UserError if FreeNoise is asked for without motion modules
   */
  Engine over(VideoModel model) {
    Engine made = new Engine(model).withGuide(hold.map(Hold::guide).orElse(Guide.NONE));
    if (freeInit.isPresent()) {
      made = made.withFreeInit(new FreeInit(freeInit.get(), LowPass.USUAL, FreeInit.Pace.FULL));
    }
    if (motion.isPresent()) {
      made = motion.get().over(made);
    }
    if (oscillate.isPresent()) {
      made = made.withOscillation(oscillate.get());
    }
    if (cfgZero.isPresent()) {
      made = made.withZeroStar(cfgZero.get());
    }
    if (easyCache.isPresent()) {
      made = made.withCache(easyCache.get());
    }
    if (teaCache.isPresent()) {
      made = made.withTeaCache(teaCache.get());
    }
    if (guidanceApart) {
      made = made.withBranchesApart();
    }
    if (skipLayers.isPresent()) {
      made = made.withSkipLayers(skipLayers.get());
    }
    if (firstGuidance.isPresent()) {
      made = made.withFirstGuidance(firstGuidance.get());
    }
    if (decodeFrames.isPresent()) {
      made = made.withDecoding(decodeFrames.get());
    }
    if (lateGuidance.isPresent()) {
      made = made.withLateGuidance(lateGuidance.get());
    }
    if (micro.isPresent()) {
      made = micro.get().over(made);
    }
    if (contextGuidance.isPresent()) {
      made = made.withContextGuidance(contextGuidance.get());
    }
    if (threshold.isPresent()) {
      made = made.withBound(threshold.get());
    }
    if (temporal.isPresent()) {
      if (!model.network().config().temporal()) {
        throw new UserError(
            Fault.UNSUPPORTED,
            "temporal guidance is for video models: this one makes each frame by itself",
            "leave it out");
      }
      if (model.guidesItself()) {
        throw new UserError(
            Fault.UNSUPPORTED,
            "guidance is in this model's network, which has no temporal one",
            "leave it out");
      }
      made = made.withTemporal(temporal.get());
    }
    if (freeNoise) {
      if (!model.can(Ability.WINDOWED_ATTENTION)) {
        throw new UserError(
            Fault.UNSUPPORTED,
            "FreeNoise is for models with AnimateDiff's motion modules",
            "a window does long clips with any model");
      }
      int length = model.grid().latents(window(model));
      int stride = Math.max(1, length / 4);
      return made.withNoise(new FreeNoise(length, stride, FreeNoise.Order.SHUFFLED)::over)
          .withWindows(new FrameWindows(length, stride, FrameWindows.Weighting.PYRAMID));
    }
    if (window.isPresent()) {
      int length = model.grid().latents(window.get());
      made = made.withContext(windowing.shape(length));
    }
    return made;
  }

  private int window(VideoModel model) {
    return window.orElseGet(() -> model.defaults().frames());
  }

  /** Whether long clips are looked at in windows. */
  boolean windowed() {
    return freeNoise || window.isPresent();
  }

  /**
   * Why something of it changes nothing about clips of so many frames, a line for each.
   *
   * @param guidance of the clips
   */
  List<String> idle(VideoModel model, int frames, double guidance) {
    List<String> lines = new ArrayList<>();
    if (decodeFrames.isPresent() && !new Engine(model).decodesTogether()) {
      lines.add(
          "decoding %s frames at once changes nothing: this model's decoder does each by itself, or"
                  .formatted(decodeFrames.get())
              + " one after another");
    }
    int length = windowed() ? window(model) : 0;
    if (windowed() && frames <= length) {
      lines.add(
          "windows of %s frames change nothing: no clip is longer than %s"
              .formatted(length, frames));
    }
    boolean unguided =
        guidance == 1
            && lateGuidance.isEmpty()
            && firstGuidance.or(() -> model.defaults().firstGuidance()).isEmpty();
    if (unguided && skipLayers.filter(skip -> skip.scale().isEmpty()).isPresent()) {
      lines.add(
          "skip-layer guidance changes nothing: guidance is off, and leads away from nothing that"
              + " could leave blocks out");
    }
    if (unguided && guidanceApart) {
      lines.add("guidance apart changes nothing: guidance is off, and has one branch");
    }
    return lines;
  }
}
