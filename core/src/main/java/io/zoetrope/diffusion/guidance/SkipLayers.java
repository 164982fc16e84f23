package io.zoetrope.diffusion.guidance;

import io.zoetrope.diffusion.Levels;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.record.Limits;
import io.zoetrope.torch.Tensors;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * Skip-layer guidance: a network that leaves some of its blocks out makes a worse video of the same
 * kind, and guidance leads away from that. Two forms are in use: without a scale what
 * classifier-free guidance leads away from is asked of the network without these blocks, at no cost
 * (users know it from Wan: block 9 or 10); with a scale s one pass more, of the prompt, leaves them
 * out: {@code x0 += s (x0_cond - x0_cond_without)} (Stability AI's, for Stable Diffusion 3.5
 * medium). The idea is of Hyung et al. 2024, "Spatiotemporal Skip Guidance for Enhanced Video
 * Diffusion Sampling".
 *
 * <p>Each frame goes by its own level.
 *
 * @param blocks by their numbers, each once
 * @param from of the steps, 0 to 1: the share that is made before; usually {@value #FROM}, with a
 *     scale {@value #SCALED_FROM}
 * @param until of the steps, 0 to 1, after which none leaves blocks out; usually {@value #UNTIL},
 *     with a scale {@value #SCALED_UNTIL}
 * @param scale s, 0.01 to 100; empty for the first form
 */
public record SkipLayers(
    List<Integer> blocks, Optional<Double> from, Optional<Double> until, Optional<Double> scale) {
  private static final int MOST_BLOCK = 999;
  private static final double FROM = 0.1;
  private static final double UNTIL = 0.8;
  private static final double SCALED_FROM = 0.01;
  private static final double SCALED_UNTIL = 0.2;

  /** Levels of one step lie no nearer to each other. */
  private static final double NEAR = 1e-9;

  public SkipLayers {
    blocks = List.copyOf(blocks);
    if (blocks.isEmpty()) {
      throw new UserError(Fault.INVALID, "blocks that are left out are none: name some, as in 9");
    }
    blocks.forEach(block -> Limits.USUAL.whole("blocks", 0, MOST_BLOCK, block));
    if (new HashSet<>(blocks).size() < blocks.size()) {
      throw new UserError(Fault.INVALID, "blocks are named twice in %s".formatted(blocks));
    }
    from.ifPresent(value -> Limits.USUAL.real("from", 0, 1, value));
    until.ifPresent(value -> Limits.USUAL.real("until", 0, 1, value));
    scale.ifPresent(value -> Limits.USUAL.real("scale", 0.01, 100, value));
    if (!(begins(from, scale) < ends(until, scale))) {
      throw new UserError(
          Fault.INVALID,
          "blocks are left out from a share of the steps until a later one, not from %s until %s"
              .formatted(begins(from, scale), ends(until, scale)));
    }
  }

  /** Of the first form, for the usual steps. */
  public static SkipLayers of(Integer... blocks) {
    return new SkipLayers(List.of(blocks), Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** This with a pass and a scale of its own. */
  public SkipLayers scaled(double s) {
    return new SkipLayers(blocks, from, until, Optional.of(s));
  }

  private static double begins(Optional<Double> from, Optional<Double> scale) {
    return from.orElse(scale.isPresent() ? SCALED_FROM : FROM);
  }

  private static double ends(Optional<Double> until, Optional<Double> scale) {
    return until.orElse(scale.isPresent() ? SCALED_UNTIL : UNTIL);
  }

  /**
   * This down some levels.
   *
   * @param levels of sampling, falling, one more than steps
   * @throws UserError if no step lies within
   */
  public Span down(double[] levels) {
    int steps = levels.length - 1;
    int first = step(begins(from, scale), steps);
    int end = step(ends(until, scale), steps);
    if (first >= end) {
      throw new UserError(
          Fault.INVALID,
          "blocks are left out from %s until %s of the steps, which is none of %s"
              .formatted(begins(from, scale), ends(until, scale), steps),
          "take more steps, or a longer part of them");
    }
    return new Span(blocks, first == 0 ? 2 : levels[first], levels[end], scale);
  }

  /** The first step of which so large a share of all lies before. */
  private static int step(double share, int steps) {
    return (int) Math.ceil(share * steps - NEAR);
  }

  /**
   * Blocks that are left out between two levels.
   *
   * @param high the first level, included
   * @param low the last, not included
   */
  public record Span(List<Integer> blocks, double high, double low, Optional<Double> scale) {
    /** Whether a frame at this level leaves them out. */
    public boolean holds(double u) {
      return u <= high + NEAR && u > low + NEAR;
    }

    /**
     * Which frames leave them out, [B * F]; empty if none does. Clean frames, which do not move, do
     * as all others of their clip where these agree.
     */
    Optional<boolean[]> frames(Levels levels) {
      int frames = Math.toIntExact(levels.frames());
      boolean[] out = new boolean[Math.toIntExact(levels.batch()) * frames];
      boolean some = false;
      for (int b = 0; b < levels.batch(); b++) {
        boolean all = true;
        for (int f = 0; f < frames; f++) {
          out[b * frames + f] = holds(levels.at(b, f).u());
          some |= out[b * frames + f];
          all &= out[b * frames + f] || levels.at(b, f).u() == 0;
        }
        for (int f = 0; f < frames; f++) {
          out[b * frames + f] |= all;
        }
      }
      return some ? Optional.of(out) : Optional.empty();
    }

    /**
     * An entry for {@link io.zoetrope.diffusion.condition.Conditioning#LEFT_OUT}.
     *
     * @param frames for which frames, [B * F]
     */
    Tensor entry(boolean[] frames, long batch) {
      int width = Collections.max(blocks) + 1;
      float[] out = new float[frames.length * width];
      for (int i = 0; i < frames.length; i++) {
        for (int block : blocks) {
          out[i * width + block] = frames[i] ? 1 : 0;
        }
      }
      return Tensors.of(out, batch, frames.length / batch, width);
    }
  }
}
