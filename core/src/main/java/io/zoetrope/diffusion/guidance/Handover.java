package io.zoetrope.diffusion.guidance;

import io.zoetrope.diffusion.Levels;
import io.zoetrope.diffusion.NoiseLevel;
import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.torch.Segments;
import io.zoetrope.torch.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Two models, one after the other: frames above a level are denoised by the first, frames at or
 * below it by the second (base and refiner; experts for high and for low noise). Where a video's
 * frames lie on both sides, both are asked, each with the whole video.
 *
 * @param early for high noise; levels are meant under its schedule
 * @param late for low noise, under a schedule of its own
 * @param level from 0, never, to 1, always the second
 * @param resting told which of them is not asked for a while
 */
public record Handover(X0Denoiser early, X0Denoiser late, double level, Resting resting)
    implements X0Denoiser {
  /** What is done when a model is not asked for a while: its memory can be given back. */
  public interface Resting {
    /** Nothing. */
    Resting NONE =
        new Resting() {
          @Override
          public void early() {}

          @Override
          public void late() {}
        };

    /** The first is not asked. */
    void early();

    /** The second is not asked. */
    void late();
  }

  /** Two that stay as they are. */
  public Handover(X0Denoiser early, X0Denoiser late, double level) {
    this(early, late, level, Resting.NONE);
  }

  /**
   * The highest level of which a network is told less than a number.
   *
   * @param below as networks are told, of the order 0..1000
   */
  public static double levelBelow(NoiseSchedule schedule, double below) {
    if (schedule.timestepInput(1) < below) {
      return 1;
    }
    double low = 0;
    double high = 1;
    for (double middle = 0.5; middle > low && middle < high; middle = (low + high) / 2) {
      if (schedule.timestepInput(middle) < below) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return low;
  }

  public Handover {
    if (!(level >= 0 && level <= 1)) {
      throw new IllegalArgumentException("a noise level lies in [0, 1]; " + level + " does not");
    }
  }

  @Override
  public NoiseSchedule schedule() {
    return early.schedule();
  }

  @Override
  public X0Denoiser segmented(Segments segments) {
    return new Handover(early.segmented(segments), late.segmented(segments), level, resting);
  }

  @Override
  public Tensor x0(Tensor z_BCFHW, Tensor u_BF, Conditioning conditioning) {
    Levels levels = schedule().levels(u_BF, z_BCFHW);
    boolean above = levels.any(levels, (t, s) -> t.u() > level);
    boolean below = levels.any(levels, (t, s) -> t.u() <= level);
    if (!below) {
      return early.x0(z_BCFHW, u_BF, conditioning);
    }
    resting.early();
    Tensor second = rescaled(z_BCFHW, levels, conditioning);
    if (!above) {
      return second;
    }
    resting.late();
    Tensor mask = levels.mask(levels, (t, s) -> t.u() > level, z_BCFHW);
    return torch.where(mask, early.x0(z_BCFHW, u_BF, conditioning), second);
  }

  /**
   * The late model asked under its own schedule: at equal logSNR a noisy video of one schedule is
   * that of another up to its scale.
   */
  private Tensor rescaled(Tensor z, Levels levels, Conditioning conditioning) {
    NoiseSchedule own = late.schedule();
    if (own.equals(schedule())) {
      return late.x0(z, levels.u_BF(), conditioning);
    }
    Tensor scale = levels.coefficient(l -> there(l).scale() / l.scale(), z);
    double[] u = new double[Math.toIntExact(levels.batch() * levels.frames())];
    for (int i = 0; i < u.length; i++) {
      u[i] = there(levels.at(i / levels.frames(), i % levels.frames())).u();
    }
    Tensor u_BF = Tensors.of(u, levels.batch(), levels.frames());
    return late.x0(z.mul(scale), u_BF, conditioning);
  }

  private NoiseLevel there(NoiseLevel level) {
    NoiseSchedule own = late.schedule();
    return own.at(own.level(level.logSnr()));
  }
}
