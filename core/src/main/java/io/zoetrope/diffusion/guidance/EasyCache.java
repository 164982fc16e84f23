package io.zoetrope.diffusion.guidance;

import io.zoetrope.diffusion.Levels;
import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.Prediction;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.Arrays;
import java.util.Optional;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.Tensor;

/**
 * EasyCache (Zhou et al. 2025, "Less is Enough: Training-Free Video Diffusion Acceleration via
 * Runtime-Adaptive Caching"): where the network is about to say what it said before, it is not
 * asked. What it adds to its input, {@code d = raw - z}, is kept from the last time it was asked,
 * and {@code raw = z + d} stands for its answer as long as the change that is to be expected stays
 * below a threshold: how much the answer changed by the change of the input between the last two
 * times, times how much the input has changed, by the size of the last answer, summed up since.
 *
 * <p>Frame by frame: each has its own sum, a frame that does not move (held, or waiting for its
 * turn) has none, and the network is asked for all as soon as one frame asks for it. The first
 * {@value #FIRST} of the steps and the last one are always made, and so is what comes after frames
 * have risen or the video is another one.
 */
public final class EasyCache implements StepCache {
  /** Of the steps, at first: they lay out the video. */
  static final double FIRST = 0.15;

  private final X0Denoiser base;
  private final Prediction prediction;
  private final double threshold;
  private final Middle middle;

  private Optional<Answer> asked = Optional.empty();
  private Optional<Seen> seen = Optional.empty();
  private double[] rate = {};
  private double[] change = {};
  private int calls;
  private int reused;

  /** The call before, whoever answered: the input, and the size of the answer by frame. */
  private record Seen(Tensor z_BCFHW, double[] size, Levels levels) {
    void free() {
      Scopes.free(z_BCFHW);
    }
  }

  /**
   * A cache of one walk.
   *
   * @param base whose answers are kept: network and guidance
   * @param prediction what the network says, which is what is kept
   * @param threshold 0 to {@value StepCache#MOST}; 0 reuses nothing
   * @param levels down which frames fall
   */
  public EasyCache(X0Denoiser base, Prediction prediction, double threshold, double[] levels) {
    this.base = base;
    this.prediction = prediction;
    this.threshold = StepCache.requireThreshold(threshold);
    middle = Middle.of(levels, FIRST);
  }

  @Override
  public NoiseSchedule schedule() {
    return base.schedule();
  }

  @Override
  public int calls() {
    return calls;
  }

  @Override
  public int reused() {
    return reused;
  }

  @Override
  public Tensor x0(Tensor z_BCFHW, Tensor u_BF, Conditioning conditioning) {
    if (GradMode.is_enabled()) {
      return base.x0(z_BCFHW, u_BF, conditioning);
    }
    calls++;
    Levels levels = schedule().levels(u_BF, z_BCFHW);
    if (!goesOn(levels, z_BCFHW)) {
      forget();
    }
    Optional<double[]> next = next(levels, z_BCFHW);
    if (next.isEmpty()) {
      return ask(z_BCFHW, levels, conditioning);
    }
    reused++;
    change = next.get();
    return again(z_BCFHW, levels);
  }

  /** Whether this is the video of the call before, no frame of which has risen. */
  private boolean goesOn(Levels levels, Tensor z) {
    return seen.filter(s -> Arrays.equals(Tensors.shape(z), Tensors.shape(s.z_BCFHW)))
        .filter(s -> !levels.any(s.levels, (now, then) -> now.u() > then.u()))
        .isPresent();
  }

  /** The change to be expected of each frame; empty if the network is to be asked. */
  private Optional<double[]> next(Levels levels, Tensor z) {
    if (rate.length == 0 || !middle.holds(levels)) {
      return Optional.empty();
    }
    Seen before = seen.orElseThrow();
    double[] moved = Scopes.value(() -> Answer.sizes(z.sub(before.z_BCFHW)));
    double[] next = change.clone();
    for (int i = 0; i < next.length; i++) {
      next[i] += moved[i] == 0 ? 0 : rate[i] * moved[i] / before.size[i];
      // Also where it is no number.
      if (!(next[i] < threshold)) {
        return Optional.empty();
      }
    }
    return Optional.of(next);
  }

  private Tensor ask(Tensor z, Levels levels, Conditioning conditioning) {
    Tensor x0 = base.x0(z, levels.u_BF(), conditioning);
    Answer now = Answer.keep(z, x0, levels, prediction);
    double[] size = Scopes.value(() -> Answer.sizes(now.raw_BCFHW()));
    asked.ifPresent(a -> {
      double[] turned = Scopes.value(() -> Answer.sizes(now.raw_BCFHW().sub(a.raw_BCFHW())));
      double[] moved = Scopes.value(() -> Answer.sizes(z.sub(a.z_BCFHW())));
      double[] rates = new double[moved.length];
      for (int i = 0; i < rates.length; i++) {
        double known = rate.length == 0 ? 0 : rate[i];
        rates[i] = moved[i] == 0 ? known : turned[i] / moved[i];
      }
      rate = rates;
      a.free();
    });
    asked = Optional.of(now);
    change = new double[size.length];
    see(z, size, levels);
    return x0;
  }

  private Tensor again(Tensor z, Levels levels) {
    Tensor raw = asked.orElseThrow().again(z, levels, prediction);
    see(z, Scopes.value(() -> Answer.sizes(raw)), levels);
    return prediction.toX0(raw, z, levels);
  }

  private void see(Tensor z, double[] size, Levels levels) {
    seen.ifPresent(Seen::free);
    seen = Optional.of(new Seen(Scopes.keep(z.detach()), size, levels));
  }

  private void forget() {
    asked.ifPresent(Answer::free);
    seen.ifPresent(Seen::free);
    asked = Optional.empty();
    seen = Optional.empty();
    rate = new double[0];
  }

  @Override
  public void close() {
    forget();
  }
}
