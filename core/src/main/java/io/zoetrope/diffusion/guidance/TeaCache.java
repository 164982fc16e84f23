package io.zoetrope.diffusion.guidance;

import io.zoetrope.diffusion.Levels;
import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.Prediction;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.Tensor;

/**
 * TeaCache (Liu et al. 2024, "Timestep Embedding Tells: It's Time to Cache for Video Diffusion
 * Model", equations 3 to 6): how much a network's answer will change is read off how much the input
 * of its first block has, modulated by the level; a polynomial that was fitted to each network
 * leads from one to the other. What is expected is summed up from step to step, and while the sum
 * is below a threshold the last answer stands: here, as in {@link EasyCache}, {@code raw = z + d}
 * with {@code d = raw - z} of the last time. Its authors' programs keep what all blocks add to
 * their tokens instead.
 *
 * <p>The change of a frame is {@code mean|now - before| / mean|before|} over its own numbers. A
 * frame whose level stays is not expected to change. The first {@value #FIRST} of the steps and the
 * last one are always made, and so is what comes after frames have risen, after another network has
 * taken over for some, or when the video is another one.
 */
public final class TeaCache implements StepCache {
  /** Of the steps, at first: five of fifty in its authors' program for Wan. */
  static final double FIRST = 0.1;

  private final X0Denoiser base;
  private final Prediction prediction;
  private final double threshold;
  private final Middle middle;
  private final Expected expected;

  private Optional<Answer> answer = Optional.empty();
  private Optional<Seen> seen = Optional.empty();
  private double[] sum = {};
  private int calls;
  private int reused;

  /** What a network's first block is given. */
  public interface Modulated {
    /**
     * What it is given of a noisy video, modulated by the levels.
     *
     * @return [B, F, ...]
     */
    Tensor of(Tensor z_BCFHW, Levels levels);
  }

  /**
   * What change is to be expected.
   *
   * @param modulated what is compared
   * @param polynomial of a relative change, highest power first; empty leaves it as it is
   * @param takeOvers levels at and below which other networks answer
   */
  public record Expected(Modulated modulated, List<Double> polynomial, List<Double> takeOvers) {
    public Expected {
      polynomial = List.copyOf(polynomial);
      takeOvers = List.copyOf(takeOvers);
    }

    double of(double change) {
      double value = polynomial.isEmpty() ? change : 0;
      for (double coefficient : polynomial) {
        value = value * change + coefficient;
      }
      return value;
    }

    private boolean crossed(Levels before, Levels now) {
      return takeOvers.stream()
          .anyMatch(at -> before.any(now, (then, is) -> then.u() > at != is.u() > at));
    }
  }

  /** The call before, whoever answered. */
  private record Seen(long[] shape, Tensor modulated_BFX, Levels levels) {
    void free() {
      Scopes.free(modulated_BFX);
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
  public TeaCache(
      X0Denoiser base,
      Prediction prediction,
      double threshold,
      double[] levels,
      Expected expected) {
    this.base = base;
    this.prediction = prediction;
    this.threshold = StepCache.requireThreshold(threshold);
    this.expected = expected;
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
      close();
    }
    Tensor now =
        Scopes.keep(Scopes.tensor(() -> expected.modulated.of(z_BCFHW, levels).contiguous()));
    Optional<double[]> next = next(levels, now);
    seen.ifPresent(Seen::free);
    seen = Optional.of(new Seen(Tensors.shape(z_BCFHW), now, levels));
    if (next.isPresent()) {
      reused++;
      sum = next.get();
      return prediction.toX0(
          answer.orElseThrow().again(z_BCFHW, levels, prediction), z_BCFHW, levels);
    }
    Tensor x0 = base.x0(z_BCFHW, levels.u_BF(), conditioning);
    answer.ifPresent(Answer::free);
    answer = Optional.of(Answer.keep(z_BCFHW, x0, levels, prediction));
    sum = new double[Math.toIntExact(levels.batch() * levels.frames())];
    return x0;
  }

  /** Whether this is the video of the call before, no frame of which has risen. */
  private boolean goesOn(Levels levels, Tensor z) {
    return seen.filter(s -> Arrays.equals(Tensors.shape(z), s.shape))
        .filter(s -> !levels.any(s.levels, (now, then) -> now.u() > then.u()))
        .isPresent();
  }

  /** The change to be expected of each frame; empty if the network is to be asked. */
  private Optional<double[]> next(Levels levels, Tensor now) {
    if (threshold == 0 || answer.isEmpty() || !middle.holds(levels)) {
      return Optional.empty();
    }
    Seen before = seen.orElseThrow();
    if (expected.crossed(before.levels, levels)) {
      return Optional.empty();
    }
    double[] moved = Scopes.value(() -> sizes(now.sub(before.modulated_BFX)));
    double[] size = Scopes.value(() -> sizes(before.modulated_BFX));
    double[] next = sum.clone();
    for (int i = 0; i < next.length; i++) {
      long clip = i / levels.frames();
      long frame = i % levels.frames();
      boolean stays = levels.at(clip, frame).u() == before.levels.at(clip, frame).u();
      next[i] += stays ? 0 : expected.of(moved[i] / size[i]);
      // Also where it is no number.
      if (!(next[i] < threshold)) {
        return Optional.empty();
      }
    }
    return Optional.of(next);
  }

  /** The mean size of each frame's numbers, [B * F]. */
  private static double[] sizes(Tensor x_BFX) {
    return Tensors.toDoubles(Ops.mean(x_BFX.abs().flatten(2, -1), 2));
  }

  /** Frees what is kept. */
  @Override
  public void close() {
    answer.ifPresent(Answer::free);
    seen.ifPresent(Seen::free);
    answer = Optional.empty();
    seen = Optional.empty();
  }
}
