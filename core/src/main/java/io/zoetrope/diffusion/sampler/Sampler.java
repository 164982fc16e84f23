package io.zoetrope.diffusion.sampler;

import io.zoetrope.diffusion.Levels;
import io.zoetrope.diffusion.NoiseLevel;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.condition.Conditioning;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Moves every frame of a video from one noise level to another. Immutable: any number of runs, on
 * any threads, may share one sampler.
 */
public interface Sampler {
  /**
   * Begins one sampling run, which is for one thread.
   *
   * @param denoiser the network, its guidance, and bound to them what the video is conditioned on
   * @param noise where fresh noise comes from
   */
  Run begin(X0Denoiser denoiser, Noise noise);

  /** One sampling run and all that it remembers. Close it to free what it keeps. */
  abstract class Run implements AutoCloseable {
    protected final X0Denoiser denoiser;

    /** Where fresh noise comes from; changes when the window moves on. */
    protected Noise noise;

    private int step;
    private Optional<Tensor> lastX0 = Optional.empty();

    protected Run(X0Denoiser denoiser, Noise noise) {
      this.denoiser = denoiser;
      this.noise = noise;
    }

    /**
     * One step: frames whose level falls are denoised by the algorithm, frames whose level rises
     * are noised again by the forward process, frames whose level stays are returned to the last
     * bit.
     *
     * @param z_BCFHW the video at {@code from}
     * @param from_BF levels in [0, 1]; [1, F] and the like are broadcast
     * @param to_BF as {@code from_BF}
     * @return the video at {@code to}
     */
    public final Tensor step(Tensor z_BCFHW, Tensor from_BF, Tensor to_BF) {
      Levels from = denoiser.schedule().levels(from_BF, z_BCFHW);
      Levels aim = denoiser.schedule().levels(to_BF, z_BCFHW);
      Levels to = from.landings(aim, denoiser.schedule());
      Tensor result = z_BCFHW;
      if (from.any(to, (t, s) -> s.u() < t.u())) {
        Tensor falling = fall(new Move(z_BCFHW, from_BF, from, to, step));
        result = torch.where(from.mask(to, (t, s) -> s.u() < t.u(), z_BCFHW), falling, z_BCFHW);
      }
      if (from.any(to, (t, s) -> s.u() > t.u())) {
        Tensor rising = renoise(z_BCFHW, from, to);
        result = torch.where(from.mask(to, (t, s) -> s.u() > t.u(), z_BCFHW), rising, result);
      }
      step++;
      return result;
    }

    /**
     * The algorithm: the video after this step. What it returns for frames that do not fall is
     * thrown away.
     */
    protected abstract Tensor fall(Move move);

    /** Asks the denoiser, and remembers the answer as this step's preview. */
    protected final Tensor x0(Tensor z, Tensor u_BF) {
      Tensor x0 = denoiser.x0(z, u_BF, Conditioning.none());
      lastX0 = Optional.of(x0);
      return x0;
    }

    /** The clean video as last estimated; lives as long as the scope of the step that made it. */
    public final Optional<Tensor> lastX0() {
      return lastX0.filter(x0 -> !x0.isNull());
    }

    /**
     * From level t up to s: {@code z_s = (alpha_s / alpha_t) z_t + sqrt(sigma_s^2 - (alpha_s /
     * alpha_t)^2 sigma_t^2) eps}.
     */
    private Tensor renoise(Tensor z, Levels from, Levels to) {
      Tensor keep = from.coefficient(to, Run::kept, z);
      Tensor fresh =
          from.coefficient(
              to,
              (t, s) -> {
                double old = kept(t, s) * t.sigma();
                return Math.sqrt(Math.max(0, s.sigma() * s.sigma() - old * old));
              },
              z);
      return z.mul(keep).add(noise.normal("renoise", step, z).mul(fresh));
    }

    private static double kept(NoiseLevel t, NoiseLevel s) {
      return t.alpha() == 0 ? 0 : s.alpha() / t.alpha();
    }

    /**
     * Between steps: the window moves on over a longer video. What is remembered of frames that
     * stay moves with them.
     *
     * @param dropped how many frames leave at the beginning
     * @param added how many come in at the end
     */
    public void slide(int dropped, int added) {
      noise = noise.from(noise.firstFrame() + dropped);
    }

    /** Keeps a tensor beyond the scope of this step; {@link #drop} frees it. */
    protected static Tensor keep(Tensor tensor) {
      tensor.retainReference();
      return tensor;
    }

    /** Frees what {@link #keep} kept. */
    protected static void drop(Tensor tensor) {
      tensor.releaseReference();
    }

    @Override
    public void close() {}
  }
}
