package io.zoetrope.pipeline.task;

import io.zoetrope.diffusion.NoiseLevel;
import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.SampledSchedule;
import io.zoetrope.diffusion.Sight;
import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.sampler.Noise;
import io.zoetrope.diffusion.sampler.SamplerLoop;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.Job;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.schedule.Sampling;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * Video by a model of single pictures that was never trained for it (Khachatryan et al.,
 * "Text2Video-Zero", 2023, algorithm 1). The first frame falls to T1 and on to T0; there it is
 * moved to where the others have it, and these are noised again to T1, by the forward process; from
 * T1 all frames fall together. The network must look at the first frame ({@link
 * io.zoetrope.network.unet.Inflation#TEXT2VIDEO_ZERO}).
 *
 * @param motion of the whole picture
 * @param moments where the first frame is moved
 * @param background smoothed, if what is in front is known
 */
public record TextToVideoZero(
    MotionField motion, Optional<Moments> moments, Optional<Background> background)
    implements VideoTask {
  /** As the paper does it, in any number of steps. */
  public static TextToVideoZero usual() {
    return new TextToVideoZero(MotionField.USUAL, Optional.empty(), Optional.empty());
  }

  /**
   * T0 and T1 as the public reference counts them: {@code t} is the place in the table of timesteps
   * at which so many steps follow, besides the one that begins there.
   *
   * @param t0 at least 0
   * @param t1 above t0 and below the number of steps: more noise
   */
  public record Moments(int t0, int t1) {
    /** The reference's 44 and 47 of 50 steps, for so many. */
    public static Moments of(int steps) {
      int t1 = Math.clamp(Math.round(47f * steps / 50), Math.min(1, steps - 1), steps - 1);
      return new Moments(Math.clamp(Math.round(44f * steps / 50), 0, Math.max(0, t1 - 1)), t1);
    }

    void require(int steps) {
      if (t0 < 0 || t1 <= t0 || t1 >= steps) {
        throw new UserError(
            Fault.INVALID,
            "T0 and T1 count steps before the end: 0 <= T0 < T1 < %s steps, not %s and %s"
                .formatted(steps, t0, t1));
      }
    }
  }

  /**
   * Smoothing of the background (section 3.3.3): at T1 each frame's background is mixed with that
   * of the first, moved to where it is in that frame.
   *
   * @param foreground_B1FHW 1 where something moves by itself, 0 in the background, at the size of
   *     latents; F or one frame, B or one clip
   * @param weight of the first frame's background, 0 to 1; the paper has 0.6
   */
  public record Background(Tensor foreground_B1FHW, double weight) {
    public static final double USUAL_WEIGHT = 0.6;

    public Background {
      if (!(weight >= 0 && weight <= 1)) {
        throw new UserError(Fault.INVALID, "the background's weight is 0 to 1, not " + weight);
      }
    }

    /** Frames at T1, smoothed. */
    Tensor smooth(Tensor z_BCFHW, MotionField motion) {
      long frames = z_BCFHW.size(2);
      Tensor front = Tensors.beside(z_BCFHW, foreground_B1FHW);
      boolean fits = front.size(2) == frames || front.size(2) == 1;
      if (!fits || front.size(3) != z_BCFHW.size(3) || front.size(4) != z_BCFHW.size(4)) {
        throw new UserError(
            Fault.MISMATCH,
            "the mask has shape %s, the latents %s"
                .formatted(
                    Arrays.toString(Tensors.shape(front)),
                    Arrays.toString(Tensors.shape(z_BCFHW))));
      }
      Tensor first = z_BCFHW.narrow(2, 0, 1);
      List<Tensor> moved = new ArrayList<>(List.of(first));
      for (long k = 1; k < frames; k++) {
        moved.add(motion.warp(first, k));
      }
      Tensor share = Ops.mul(Ops.add(Ops.mul(front, -1), 1), weight);
      return z_BCFHW.add(Tensors.cat(moved, 2).sub(z_BCFHW).mul(share));
    }
  }

  @Override
  public Tensor latents(Engine engine, List<VideoRequest> requests, Progress progress) {
    engine.requireLatentPerFrame("Text2Video-Zero");
    VideoRequest first = requests.getFirst();
    return engine.sampling(() ->
        Scopes.noGrad(() ->
            Scopes.tensor(() -> {
              Sampling sampling = engine.sampling(first, first.steps());
              X0Denoiser guided =
                  engine.guided(
                      requests,
                      requests.stream().map(r -> List.of(r.prompt())).toList(),
                      Sight.whole());
              Tensor canvas = engine.canvas(requests, 1);
              Noise noise =
                  engine.noise(
                      Job.of(TimestepPlan.uniform(sampling.levels(), 1), requests, canvas));
              SamplerLoop loop = new SamplerLoop(sampling.sampler(), guided);
              return sample(loop, sampling.levels(), noise, canvas, first.frames(), progress).end();
            })));
  }

  /**
   * What sampling makes.
   *
   * @param atT1 the first frame there, [B, C, 1, h, w]
   * @param atT0 likewise
   * @param end all frames
   */
  record Sampled(Tensor atT1, Tensor atT0, Tensor end) {}

  Sampled sample(
      SamplerLoop loop,
      double[] levels,
      Noise noise,
      Tensor canvas_BC1HW,
      int frames,
      Progress progress) {
    int steps = levels.length - 1;
    if (steps < 2) {
      throw new UserError(Fault.INVALID, "Text2Video-Zero needs at least 2 steps, not " + steps);
    }
    Moments at = moments.orElseGet(() -> Moments.of(steps));
    at.require(steps);
    int row1 = steps - 1 - at.t1;
    int row0 = steps - 1 - at.t0;
    Stages stages = new Stages(progress, row0 + (steps - row1));
    NoiseSchedule schedule = loop.denoiser().schedule();
    Tensor start =
        SamplerLoop.start(TimestepPlan.uniform(levels, 1), schedule, canvas_BC1HW, noise);
    Leg leg = new Leg(loop, levels, noise, stages);
    Tensor first1 = leg.run(start, 0, row1);
    Tensor first0 = leg.run(first1, row1, row0);
    List<Tensor> all = new ArrayList<>(List.of(first1));
    if (frames > 1) {
      all.add(noised(moved(first0, frames), schedule, levels, row0, row1, noise));
    }
    Tensor together = Tensors.cat(all, 2);
    Tensor begun = background.map(b -> b.smooth(together, motion)).orElse(together);
    return new Sampled(first1, first0, leg.run(begun, row1, steps));
  }

  /** Runs rows of the table for as many frames as there are. */
  private record Leg(SamplerLoop loop, double[] levels, Noise noise, Stages stages) {
    Tensor run(Tensor z, int from, int to) {
      if (from == to) {
        return z;
      }
      TimestepPlan plan =
          TimestepPlan.uniform(
              Arrays.copyOfRange(levels, from, to + 1), Math.toIntExact(z.size(2)));
      return loop.run(plan, z, noise, stages.next(to - from));
    }
  }

  /** Frames 1 to F - 1, without noise of their own. */
  private Tensor moved(Tensor first_BC1HW, int frames) {
    List<Tensor> moved = new ArrayList<>();
    for (long k = 1; k < frames; k++) {
      moved.add(motion.warp(first_BC1HW, k));
    }
    return Tensors.cat(moved, 2);
  }

  private static Tensor noised(
      Tensor z_BCFHW, NoiseSchedule schedule, double[] levels, int row0, int row1, Noise noise) {
    // The noise of frame 1 and those after it.
    Tensor eps = noise.from(noise.firstFrame() + 1).normal("text2video-zero", 0, z_BCFHW);
    NoiseLevel low = level(schedule, levels[row0], row0);
    NoiseLevel high = level(schedule, levels[row1], row1);
    double kept = low.alpha() == 0 ? 0 : high.alpha() / low.alpha();
    double old = kept * low.sigma();
    double fresh = Math.sqrt(Math.max(0, high.sigma() * high.sigma() - old * old));
    return Ops.mul(z_BCFHW, kept).add(Ops.mul(eps, fresh));
  }

  /**
   * Where the forward process begins or ends. The public reference multiplies the alphas from
   * timestep T0 to the one before T1, which is the way from T0 - 1 to T1 - 1; so do we, where there
   * are discrete timesteps.
   */
  private static NoiseLevel level(NoiseSchedule schedule, double u, int row) {
    if (!(schedule instanceof SampledSchedule sampled)
        || sampled.scale() != SampledSchedule.Scale.TRAINING) {
      return schedule.at(u);
    }
    double told = sampled.timesteps()[row];
    int count = sampled.training().trainingLevels().length;
    return told == Math.rint(told) && count > told
        ? sampled.training().at(told / count)
        : schedule.at(u);
  }
}
