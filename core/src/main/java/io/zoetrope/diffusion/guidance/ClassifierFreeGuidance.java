package io.zoetrope.diffusion.guidance;

import io.zoetrope.diffusion.Levels;
import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.Sight;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Segments;
import io.zoetrope.torch.Tensors;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Classifier-free guidance (Ho and Salimans 2022): {@code x0 = x0_neg + w (x0_cond - x0_neg)},
 * which is the same combination of eps and of v. Both branches are one forward pass of twice the
 * batch; where w is 1 for every frame the negative branch is not computed at all, where w is 0 for
 * every frame the conditional one is not.
 *
 * <p>Rescaling (Lin et al. 2023, "Common Diffusion Noise Schedules and Sample Steps are Flawed",
 * equations 15 and 16) brings the standard deviation of a guided frame back towards the conditional
 * one's. It is done on x0 and frame by frame, since frames have levels of their own.
 *
 * @param base the denoiser to guide
 * @param negative what to be guided away from: an empty or a negative prompt; of batch 1 or the
 *     batch of the video. Where it says nothing, what stands for nothing in the slot
 * @param scale w; 1 is off
 * @param rescale from 0, none, to 1, all the way; the paper uses 0.7
 * @param sight which frames of a longer video they are: {@code negative} is that of the whole
 */
public record ClassifierFreeGuidance(
    X0Denoiser base, Conditioning negative, GuidanceScale scale, double rescale, Sight sight)
    implements X0Denoiser {
  public ClassifierFreeGuidance {
    if (!(rescale >= 0 && rescale <= 1)) {
      throw new IllegalArgumentException("rescale lies in [0, 1]; " + rescale + " does not");
    }
  }

  /** Of a whole video. */
  public ClassifierFreeGuidance(
      X0Denoiser base, Conditioning negative, GuidanceScale scale, double rescale) {
    this(base, negative, scale, rescale, Sight.whole());
  }

  /** One scale everywhere, no rescaling. */
  public ClassifierFreeGuidance(X0Denoiser base, Conditioning negative, double scale) {
    this(base, negative, GuidanceScale.constant(scale), 0);
  }

  @Override
  public NoiseSchedule schedule() {
    return base.schedule();
  }

  @Override
  public X0Denoiser segmented(Segments segments) {
    return new ClassifierFreeGuidance(base.segmented(segments), negative, scale, rescale, sight);
  }

  @Override
  public Tensor x0(Tensor z_BCFHW, Tensor u_BF, Conditioning conditioning) {
    Levels levels = schedule().levels(u_BF, z_BCFHW);
    long batch = levels.batch();
    double[] w = weights(levels);
    if (Arrays.stream(w).allMatch(x -> x == 1)) {
      return base.x0(z_BCFHW, u_BF, conditioning);
    }
    if (Arrays.stream(w).allMatch(x -> x == 0)) {
      return base.x0(z_BCFHW, u_BF, away(conditioning, levels));
    }
    Tensor full_BF = levels.u_BF();
    Tensor both =
        base.x0(
            Tensors.cat(List.of(z_BCFHW, z_BCFHW), 0),
            Tensors.cat(List.of(full_BF, full_BF), 0),
            Conditioning.concat(List.of(conditioning.expand(batch), away(conditioning, levels))));
    ScalarType dtype = z_BCFHW.scalar_type().intern();
    ScalarType wide = dtype == ScalarType.Double ? ScalarType.Double : ScalarType.Float;
    Tensor positive = both.narrow(0, 0, batch).to(wide);
    Tensor away = both.narrow(0, batch, batch).to(wide);
    Tensor w_B1F11 = Tensors.of(w, batch, 1, levels.frames(), 1, 1).to(z_BCFHW.device(), wide);
    Tensor guided = away.add(positive.sub(away).mul(w_B1F11));
    if (rescale > 0) {
      Tensor back = deviation(positive).div(Ops.add(deviation(guided), 1e-12));
      guided = guided.mul(Ops.add(Ops.mul(back, rescale), 1 - rescale));
    }
    // Where guidance is off the conditional branch passes through to the last bit.
    Tensor off = w_B1F11.eq(Tensors.full(1, 1).to(z_BCFHW.device(), wide));
    return torch.where(off, positive, guided).to(dtype);
  }

  private Conditioning away(Conditioning conditioning, Levels levels) {
    Conditioning own = negative.frames(sight.first(), levels.frames());
    return conditioning.against(own).expand(levels.batch());
  }

  private double[] weights(Levels levels) {
    double[] w = new double[Math.toIntExact(levels.batch() * levels.frames())];
    for (int i = 0; i < w.length; i++) {
      long frame = i % levels.frames();
      w[i] = scale.at(levels.at(i / levels.frames(), frame), frame, levels.frames());
    }
    return w;
  }

  /** Standard deviation of each frame, [B, 1, F, 1, 1]. */
  private static Tensor deviation(Tensor x) {
    return x.std(new long[] {1, 3, 4}, false, true);
  }
}
