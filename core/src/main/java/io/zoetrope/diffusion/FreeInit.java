package io.zoetrope.diffusion;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Scopes;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Noise made again from what became of it (Wu et al. 2023, "FreeInit: Bridging Initialization Gap
 * in Video Diffusion Models"): a network learnt from noise that still held the low frequencies of
 * its video, and at sampling gets noise that holds none. So a video is made several times; each
 * time it is noised to the end of the schedule by the first noise, of which the low frequencies are
 * kept and the high ones drawn anew. Costs as many samplings, and steadies motion.
 *
 * @param iterations samplings in all, at least 1; the authors take 5
 * @param filter which frequencies are kept
 * @param pace how many steps the samplings take
 */
public record FreeInit(int iterations, LowPass filter, Pace pace) {
  /** How many steps a sampling takes. */
  public enum Pace {
    /** All of them, each time. */
    FULL,

    /** The k-th of n samplings takes k / n of the steps. */
    COARSE_TO_FINE
  }

  public FreeInit {
    if (iterations < 1 || iterations > 20) {
      throw new UserError(Fault.INVALID, "FreeInit makes a video 1 to 20 times, not " + iterations);
    }
  }

  /** How many steps a sampling takes, from 0. */
  public int steps(int steps, int iteration) {
    return pace == Pace.FULL
        ? steps
        : Math.max(1, (int) ((double) steps / iterations * (iteration + 1)));
  }

  /**
   * The noise for the next sampling.
   *
   * @param z_BCFHW what the last one ended with, clean
   * @param first_BCFHW the noise of the very first, of unit variance
   * @param fresh_BCFHW new noise
   * @param schedule under which it was sampled
   * @return noise of about unit variance, in the dtype of z
   */
  public Tensor noise(
      Tensor z_BCFHW, Tensor first_BCFHW, Tensor fresh_BCFHW, NoiseSchedule schedule) {
    return Scopes.tensor(() -> {
      // The end of the training, wherever the sampling begins.
      NoiseSchedule training = schedule instanceof SampledSchedule s ? s.training() : schedule;
      NoiseLevel end = training.at(1);
      Tensor noised =
          Ops.mul(wide(z_BCFHW), end.alpha() / end.scale())
              .add(Ops.mul(wide(first_BCFHW), end.sigma() / end.scale()));
      return mix(noised, wide(fresh_BCFHW)).to(z_BCFHW.scalar_type());
    });
  }

  /** The low frequencies of one video and the high ones of another, over F, H and W. */
  private Tensor mix(Tensor low, Tensor high) {
    Tensor keep_FHW =
        filter
            .weights((int) low.size(2), (int) low.size(3), (int) low.size(4))
            .to(low.device(), low.scalar_type());
    // keep low + (1 - keep) high
    Tensor of = Ops.fft(low.sub(high), 2, 3, 4).mul(keep_FHW);
    return high.add(Ops.inverseFft(of, 2, 3, 4));
  }

  private static Tensor wide(Tensor x) {
    return x.scalar_type().intern() == ScalarType.Double ? x : x.to(ScalarType.Float);
  }
}
