package io.zoetrope.pipeline;

import io.zoetrope.diffusion.FreeInit;
import io.zoetrope.diffusion.NoiseLevel;
import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.Prediction;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.diffusion.guidance.ContextGuidance;
import io.zoetrope.diffusion.guidance.ContextWindows;
import io.zoetrope.diffusion.guidance.DynamicThresholding;
import io.zoetrope.diffusion.guidance.GuidanceScale;
import io.zoetrope.diffusion.guidance.KeyFrames;
import io.zoetrope.diffusion.guidance.SkipLayers;
import io.zoetrope.diffusion.guidance.ZeroStar;
import io.zoetrope.diffusion.sampler.Halts;
import io.zoetrope.diffusion.sampler.Noise;
import io.zoetrope.diffusion.sampler.Sampler;
import io.zoetrope.diffusion.sampler.SamplerLoop;
import io.zoetrope.diffusion.sampler.X0Edit;
import io.zoetrope.error.Fault;
import io.zoetrope.error.Mend;
import io.zoetrope.error.UserError;
import io.zoetrope.network.FrameWindows;
import io.zoetrope.network.VideoNetwork;
import io.zoetrope.network.unet.SpatialAttention;
import io.zoetrope.progress.Progress;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;

/**
 * What an {@link Engine} does to noise and to the network, beneath guidance, whatever the task.
 *
 * @param noise what becomes of the noise of every clip
 * @param freeInit whether clips are made several times
 * @param windows in which motion modules attend
 * @param hints for the controls
 * @param beside entries that every prompt is accompanied by
 * @param pictures that every prompt is accompanied by
 * @param nothing that what guidance leads away from is shown in their place
 * @param context windows in which the whole network sees long clips
 * @param region of the video that alone is made
 * @param temporal scale of temporal guidance, 1 is off
 * @param told entries of the run that every prompt is accompanied by
 * @param keyed whether long clips are seen from their key frames
 * @param edit of the clean video within steps
 * @param oscillate after how many steps guidance is off at every other one; empty if it never is
 * @param bound of pixels; empty leaves them
 * @param rising scale of guidance at the first frame; empty where it is as the model has it
 * @param late scale of guidance of a second network; empty where it is that of the first
 * @param zeroStar steps for which CFG-Zero* stands still; empty for plain guidance
 * @param cache by which steps are left out; empty asks the network at each step
 * @param skip blocks that guidance leaves out; empty for none
 * @param apart whether the branches of guidance are asked one after the other
 * @param known scale of guidance on what is known, 1 is off
 * @param halts where walks begin and end
 */
record Extras(
    UnaryOperator<Noise> noise,
    Optional<FreeInit> freeInit,
    Optional<FrameWindows> windows,
    Hints hints,
    Conditioning beside,
    Conditioning pictures,
    Conditioning nothing,
    Optional<ContextWindows.Shape> context,
    Optional<Region> region,
    double temporal,
    Conditioning told,
    boolean keyed,
    X0Edit edit,
    OptionalInt oscillate,
    Optional<DynamicThresholding.Bound> bound,
    OptionalDouble late,
    Optional<Double> rising,
    OptionalInt zeroStar,
    Optional<StepCaching> cache,
    Optional<SkipLayers> skip,
    boolean apart,
    double known,
    Halts halts) {
  static final Extras NONE =
      new Extras(
          UnaryOperator.identity(),
          Optional.empty(),
          Optional.empty(),
          new Hints(List.of()),
          Conditioning.none(),
          Conditioning.none(),
          Conditioning.none(),
          Optional.empty(),
          Optional.empty(),
          1,
          Conditioning.none(),
          false,
          X0Edit.NONE,
          OptionalInt.empty(),
          Optional.empty(),
          OptionalDouble.empty(),
          Optional.empty(),
          OptionalInt.empty(),
          Optional.empty(),
          Optional.empty(),
          false,
          1,
          Halts.NONE);

  Extras withNoise(UnaryOperator<Noise> change) {
    return with(copy -> copy.noise = change);
  }

  Extras withFreeInit(FreeInit other) {
    return with(copy -> copy.freeInit = Optional.of(other));
  }

  Extras withWindows(FrameWindows other) {
    return with(copy -> copy.windows = Optional.of(other));
  }

  Extras withHints(Hints other) {
    return with(copy -> copy.hints = other);
  }

  Extras withContext(ContextWindows.Shape shape) {
    return with(copy -> copy.context = Optional.of(shape));
  }

  Extras withBeside(Conditioning entries) {
    return with(copy -> copy.beside = entries);
  }

  Extras withPictures(Conditioning entries, Conditioning none) {
    return with(copy -> {
      copy.pictures = entries;
      copy.nothing = none;
    });
  }

  Extras withRegion(Region part) {
    return with(copy -> copy.region = Optional.of(part));
  }

  Extras withContextGuidance(double scale) {
    return with(copy -> copy.known = scale);
  }

  Extras withTemporal(double scale) {
    return with(copy -> copy.temporal = scale);
  }

  Extras withTold(Conditioning entries) {
    return with(copy -> copy.told = copy.told.and(entries));
  }

  /** Long clips from their key frames, for networks whose frames look at all others. */
  Extras withKeyFrames() {
    return with(copy -> copy.keyed = true);
  }

  Extras withEdit(X0Edit other) {
    return with(copy -> copy.edit = other);
  }

  Extras withOscillation(int first) {
    return with(copy -> copy.oscillate = OptionalInt.of(first));
  }

  Extras withBound(DynamicThresholding.Bound other) {
    return with(copy -> copy.bound = Optional.of(other));
  }

  Extras withFirstGuidance(double scale) {
    return with(copy -> copy.rising = Optional.of(scale));
  }

  Extras withZeroStar(int steps) {
    return with(copy -> copy.zeroStar = OptionalInt.of(steps));
  }

  Extras withCache(StepCaching other) {
    return with(copy -> copy.cache = Optional.of(other));
  }

  Extras withSkip(SkipLayers other) {
    return with(copy -> copy.skip = Optional.of(other));
  }

  Extras withBranchesApart() {
    return with(copy -> copy.apart = true);
  }

  Extras withHalts(Halts other) {
    return with(copy -> copy.halts = other);
  }

  Extras withLateGuidance(double scale) {
    return with(copy -> copy.late = OptionalDouble.of(scale));
  }

  /**
   * A scale of guidance at the levels of sampling.
   *
   * @param usual at the first frame, where nobody says it
   * @param isLate levels of which the model has a second network
   */
  GuidanceScale scale(
      Optional<Double> usual, double guidance, double[] levels, Predicate<NoiseLevel> isLate) {
    GuidanceScale first =
        rising
            .or(() -> usual)
            .map(from -> GuidanceScale.overFrames(from, guidance))
            .orElseGet(() -> GuidanceScale.constant(guidance));
    GuidanceScale constant =
        late.isPresent() ? first.where(isLate, GuidanceScale.constant(late.getAsDouble())) : first;
    return oscillate.isPresent() ? constant.oscillating(oscillate.getAsInt(), levels) : constant;
  }

  /** How velocities are guided down some levels. */
  Optional<ZeroStar> zeroStar(double[] levels) {
    return zeroStar.isEmpty()
        ? Optional.empty()
        : Optional.of(ZeroStar.of(zeroStar.getAsInt(), levels));
  }

  /** The network, guided on what it is shown of the video. */
  X0Denoiser contextual(X0Denoiser network) {
    return known == 1 ? network : new ContextGuidance(network, known);
  }

  /** What is guided, within its bound. */
  X0Denoiser bounded(X0Denoiser guided) {
    return bound.<X0Denoiser>map(b -> new DynamicThresholding(guided, b)).orElse(guided);
  }

  /**
   * A loop that makes the edits.
   *
   * @throws UserError if the sampler's steps cannot be edited
   */
  SamplerLoop loop(String name, Sampler sampler, X0Denoiser denoiser) {
    SamplerLoop loop = new SamplerLoop(sampler, denoiser);
    if (edit == X0Edit.NONE) {
      return loop;
    }
    if (!sampler.straight()) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "frames cannot be smoothed within the steps of the sampler %s".formatted(name),
          Mend.of("take ").and(Mend.Knob.SAMPLER, "ddim").and(", euler or flow-euler"));
    }
    return loop.editing(edit);
  }

  /** Walks by a denoiser, or by what it said before. */
  Tensor cached(
      X0Denoiser denoiser,
      StepCaching.Walk walk,
      Progress progress,
      Function<X0Denoiser, Tensor> body) {
    return cache.isPresent()
        ? cache.get().run(denoiser, walk, progress, body)
        : body.apply(denoiser);
  }

  /** How many frames are seen at once, where it is not the whole clip. */
  OptionalInt seen() {
    return Stream.concat(
            windows.map(FrameWindows::length).stream(),
            context.map(ContextWindows.Shape::length).stream())
        .mapToInt(Integer::intValue)
        .min();
  }

  /** What every prompt is accompanied by. */
  Conditioning all() {
    Conditioning shown = hints.conditioning().and(beside).and(pictures).and(told);
    return windows.map(w -> shown.with(FrameWindows.SLOT, w)).orElse(shown);
  }

  /** The network as a denoiser, in windows if it is to see long clips so. */
  X0Denoiser around(VideoNetwork network, NoiseSchedule schedule, Prediction prediction) {
    X0Denoiser whole = X0Denoiser.of(network, schedule, prediction);
    if (keyed && context.isPresent()) {
      throw new UserError(
          Fault.INVALID,
          "key frames and windows each say how a long clip is seen",
          "leave one of them out");
    }
    if (keyed) {
      return new KeyFrames(
          whole,
          Conditioning.none().with(SpatialAttention.SLOT, new SpatialAttention.AllFrames()),
          Conditioning.none().with(SpatialAttention.SLOT, new SpatialAttention.Ends()));
    }
    int together = network.config().together();
    return context
        .<X0Denoiser>map(shape -> new ContextWindows(whole, shape.together(together)))
        .orElse(whole);
  }

  private Extras with(Consumer<Copy> change) {
    Copy copy = new Copy(this);
    change.accept(copy);
    return copy.made();
  }

  /** One that is being put together. */
  private static final class Copy {
    private UnaryOperator<Noise> noise;
    private Optional<FreeInit> freeInit;
    private Optional<FrameWindows> windows;
    private Hints hints;
    private Conditioning beside;
    private Conditioning pictures;
    private Conditioning nothing;
    private Optional<ContextWindows.Shape> context;
    private Optional<Region> region;
    private double temporal;
    private Conditioning told;
    private boolean keyed;
    private X0Edit edit;
    private OptionalInt oscillate;
    private Optional<DynamicThresholding.Bound> bound;
    private OptionalDouble late;
    private Optional<Double> rising;
    private OptionalInt zeroStar;
    private Optional<StepCaching> cache;
    private Optional<SkipLayers> skip;
    private boolean apart;
    private double known;
    private Halts halts;

    Copy(Extras from) {
      noise = from.noise;
      freeInit = from.freeInit;
      windows = from.windows;
      hints = from.hints;
      beside = from.beside;
      pictures = from.pictures;
      nothing = from.nothing;
      context = from.context;
      region = from.region;
      temporal = from.temporal;
      told = from.told;
      keyed = from.keyed;
      edit = from.edit;
      oscillate = from.oscillate;
      bound = from.bound;
      late = from.late;
      rising = from.rising;
      zeroStar = from.zeroStar;
      cache = from.cache;
      skip = from.skip;
      apart = from.apart;
      known = from.known;
      halts = from.halts;
    }

    Extras made() {
      return new Extras(
          noise, freeInit, windows, hints, beside, pictures, nothing, context, region, temporal,
          told, keyed, edit, oscillate, bound, late, rising, zeroStar, cache, skip, apart, known,
          halts);
    }
  }
}
