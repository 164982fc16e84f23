package io.zoetrope.diffusion.guidance;

import io.zoetrope.diffusion.Levels;
import io.zoetrope.diffusion.NoiseLevel;
import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.diffusion.sampler.Noise;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Segments;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * What is known of a video before it is sampled: VDM's {@code x_a}.
 *
 * @param measurement what was measured
 * @param value its result. For known frames and regions a whole video [B, C, F, H, W] of which only
 *     the known elements are read; for a smaller picture [B, C, F, h, w]. B may be 1. Borrowed
 */
public record Known(Measurement measurement, Tensor value) {
  /** The frames of a video that are known: the other ones are not read. */
  public static Known frames(Tensor video_BCFHW, boolean... known) {
    return new Known(Measurement.ofFrames(known), video_BCFHW);
  }

  /**
   * A denoiser that keeps this, of clips that begin as their noised selves: what is kept overwrites
   * each estimate, so that it falls to itself under any sampler, and the network sees it at the
   * level of the rest (as Lugmayr et al. 2022, "RePaint", section 4.1). Unlike {@link Replacement}
   * it draws no noise.
   *
   * @throws IllegalArgumentException if nothing of it is known outright: no frames, and no region
   */
  public X0Denoiser keptBy(X0Denoiser base) {
    return new Keeper(base, this);
  }

  /** See {@link #keptBy}. */
  public record Keeper(X0Denoiser base, Known kept) implements X0Denoiser {
    public Keeper {
      if (Scopes.value(() -> kept.measurement().known(kept.value()).isEmpty())) {
        throw new IllegalArgumentException("frames or a region can be kept, and no less");
      }
    }

    @Override
    public NoiseSchedule schedule() {
      return base.schedule();
    }

    @Override
    public X0Denoiser segmented(Segments segments) {
      return new Keeper(base.segmented(segments), kept);
    }

    @Override
    public Tensor x0(Tensor z_BCFHW, Tensor u_BF, Conditioning conditioning) {
      return kept.intoClean(base.x0(z_BCFHW, u_BF, conditioning));
    }
  }

  /** A stretch of frames of what is known. */
  public Known frames(int from, int count) {
    return new Known(measurement.frames(from, count), value.narrow(2, from, count));
  }

  /** {@code || x_a - A(x) ||^2}, the sum over all elements of all clips: a scalar. */
  Tensor error(Tensor x0_BCFHW) {
    return measurement.difference(x0_BCFHW, valueFor(x0_BCFHW)).square().sum();
  }

  /** An estimate with what is known outright put into it. */
  Tensor intoClean(Tensor x0_BCFHW) {
    return measurement
        .known(x0_BCFHW)
        .map(mask -> torch.where(mask, valueFor(x0_BCFHW), x0_BCFHW))
        .orElse(x0_BCFHW);
  }

  /**
   * A noisy video with what is known outright put into it, at the level of each frame, by noise
   * that is named by that level: every call at one level sees the same, every level other noise.
   */
  Tensor intoNoisy(Tensor z_BCFHW, Levels levels, Noise noise) {
    return measurement
        .known(z_BCFHW)
        .map(mask -> torch.where(mask, noised(z_BCFHW, levels, noise), z_BCFHW))
        .orElse(z_BCFHW);
  }

  private Tensor noised(Tensor z, Levels levels, Noise noise) {
    Tensor x = valueFor(z);
    Tensor noisy =
        x.mul(levels.coefficient(NoiseLevel::alpha, z))
            .add(eps(z, levels, noise).mul(levels.coefficient(NoiseLevel::sigma, z)));
    // Level 0 is clean to the last bit, even where the schedule keeps a trace of noise there.
    Tensor clean = levels.coefficient(level -> level.u() == 0 ? 1 : 0, z).to(ScalarType.Bool);
    return torch.where(clean, x, noisy);
  }

  /** Guidance around this one may ask for several branches of the same clips at once. */
  private static Tensor eps(Tensor z, Levels levels, Noise noise) {
    int clips = noise.streams().size();
    int branches = times(z.size(0), clips);
    List<Tensor> eps = new ArrayList<>();
    for (int branch = 0; branch < branches; branch++) {
      long first = (long) branch * clips;
      eps.add(
          noise.normal(
              "known",
              (clip, frame) -> Double.doubleToLongBits(levels.at(first + clip, frame).u()),
              z.narrow(0, first, clips)));
    }
    return eps.size() == 1 ? eps.getFirst() : Tensors.cat(eps, 0);
  }

  /** The value in the dtype, on the device and in the batch of a video. */
  private Tensor valueFor(Tensor x) {
    Tensor v = value.to(x.device(), x.scalar_type());
    long batch = v.size(0);
    if (batch == 1 || batch == x.size(0)) {
      return v;
    }
    return Tensors.cat(Collections.nCopies(times(x.size(0), batch), v), 0);
  }

  private static int times(long all, long clips) {
    if (all % clips != 0) {
      throw new IllegalArgumentException(
          "what is known of " + clips + " clips does not fit a batch of " + all);
    }
    return Math.toIntExact(all / clips);
  }
}
