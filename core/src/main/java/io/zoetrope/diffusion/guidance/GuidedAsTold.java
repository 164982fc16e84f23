package io.zoetrope.diffusion.guidance;

import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.torch.Segments;
import io.zoetrope.torch.Tensors;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Classifier-free guidance whose weight is an entry of the conditioning ({@link
 * Conditioning#GUIDANCE}), for each frame of each clip its own: what a network that does its
 * guidance itself is to learn. {@code x0 = x0_cond + w (x0_cond - x0_neg)}; the base is not told
 * the weight.
 *
 * @param base the denoiser to guide
 * @param negative what to be guided away from; of batch 1 or the batch of the video
 */
public record GuidedAsTold(X0Denoiser base, Conditioning negative) implements X0Denoiser {
  @Override
  public NoiseSchedule schedule() {
    return base.schedule();
  }

  @Override
  public X0Denoiser segmented(Segments segments) {
    return new GuidedAsTold(base.segmented(segments), negative);
  }

  @Override
  public Tensor x0(Tensor z_BCFHW, Tensor u_BF, Conditioning conditioning) {
    Conditioning rest = conditioning.only(slot -> !slot.equals(Conditioning.GUIDANCE));
    if (conditioning.get(Conditioning.GUIDANCE).isEmpty()) {
      return base.x0(z_BCFHW, u_BF, rest);
    }
    long batch = z_BCFHW.size(0);
    Tensor u = schedule().levels(u_BF, z_BCFHW).u_BF();
    Tensor both =
        base.x0(
            Tensors.cat(List.of(z_BCFHW, z_BCFHW), 0),
            Tensors.cat(List.of(u, u), 0),
            Conditioning.concat(List.of(rest.expand(batch), rest.against(negative).expand(batch))));
    Tensor positive = both.narrow(0, 0, batch);
    Tensor away = both.narrow(0, batch, batch);
    Tensor w_BF = conditioning.get(Conditioning.GUIDANCE).get();
    Tensor w_B1F11 =
        Tensors.beside(z_BCFHW, w_BF)
            .to(z_BCFHW.scalar_type())
            .unsqueeze(1)
            .unsqueeze(-1)
            .unsqueeze(-1);
    return positive.add(positive.sub(away).mul(w_B1F11));
  }
}
