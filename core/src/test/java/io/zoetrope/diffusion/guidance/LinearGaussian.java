package io.zoetrope.diffusion.guidance;

import io.zoetrope.diffusion.Levels;
import io.zoetrope.diffusion.NoiseLevel;
import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The exact denoiser of a video whose pixels are independent and whose frames are not: at each
 * pixel {@code x ~ N(mean, S)} over the F frames, with {@code S_ij = rho^|i-j|}. Then {@code E[x |
 * z] = mean + G (z - alpha mean)} with {@code G = S A (A S A + Sigma^2)^-1}, where A and Sigma hold
 * each frame's alpha and sigma. All in f64; every clip has the levels of the first.
 */
public record LinearGaussian(NoiseSchedule schedule, int frames, double mean, double rho)
    implements X0Denoiser {

  /** Covariance of the frames, [F, F]. */
  public Tensor covariance() {
    double[] s = new double[frames * frames];
    for (int i = 0; i < s.length; i++) {
      s[i] = Math.pow(rho, Math.abs(i / frames - i % frames));
    }
    return Tensors.of(s, frames, frames);
  }

  /** G at some levels, [F, F]. */
  Tensor gain(Levels levels) {
    double[] alpha = new double[frames];
    double[] noise = new double[frames * frames];
    for (int f = 0; f < frames; f++) {
      NoiseLevel level = levels.at(0, f);
      alpha[f] = level.alpha();
      noise[f * frames + f] = level.sigma() * level.sigma();
    }
    Tensor a = Tensors.of(alpha, frames).diag();
    Tensor sa = covariance().matmul(a);
    return sa.matmul(a.matmul(sa).add(Tensors.of(noise, frames, frames)).inverse());
  }

  /** Covariance of x given z, [F, F]. */
  Tensor posterior(Levels levels) {
    double[] alpha = new double[frames];
    for (int f = 0; f < frames; f++) {
      alpha[f] = levels.at(0, f).alpha();
    }
    Tensor s = covariance();
    return s.sub(gain(levels).matmul(Tensors.of(alpha, frames).diag()).matmul(s));
  }

  /** Variance of the first frame given z, all frames at one level. */
  public double varianceOfFirst(NoiseLevel level) {
    return Scopes.value(() -> {
      Tensor z = Tensors.zeros(1, 1, frames, 1, 1);
      Levels levels = schedule.levels(Tensors.of(new double[] {level.u()}, 1), z);
      return posterior(levels).select(0, 0).select(0, 0).item_double();
    });
  }

  @Override
  public Tensor x0(Tensor z, Tensor u_BF, Conditioning conditioning) {
    Levels levels = schedule.levels(u_BF, z);
    Tensor centred = z.sub(Ops.mul(levels.coefficient(NoiseLevel::alpha, z), mean));
    return Ops.add(times(gain(levels), centred), mean);
  }

  /** A matrix [E, F] times the frames of a video. */
  static Tensor times(Tensor matrix, Tensor video) {
    return video
        .movedim(2, 4)
        .matmul(matrix.t().to(video.device(), video.scalar_type()))
        .movedim(4, 2);
  }

  /**
   * E[x | x_0..x_(k-1)] of all frames, given the first k; videos as [1, 1, F, H, W], f64.
   *
   * @param known values of the first k frames, [1, 1, k, H, W]
   */
  public Tensor conditionalMean(Tensor known) {
    long k = known.size(2);
    Tensor s = covariance();
    Tensor gain = s.narrow(1, 0, k).matmul(s.narrow(0, 0, k).narrow(1, 0, k).inverse());
    return Ops.add(times(gain, Ops.add(known, -mean)), mean);
  }

  /** Variance of each frame given the first k. */
  public double[] conditionalVariance(int k) {
    Tensor s = covariance();
    Tensor gain = s.narrow(1, 0, k).matmul(s.narrow(0, 0, k).narrow(1, 0, k).inverse());
    Tensor left = s.sub(gain.matmul(s.narrow(0, 0, k)));
    return Tensors.toDoubles(left.diagonal().to(ScalarType.Double));
  }
}
