package io.zoetrope.network;

import io.zoetrope.diffusion.Denoiser;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.diffusion.condition.Signature;
import io.zoetrope.torch.Segments;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/** A denoiser of videos whose activations can be recomputed in the backward pass. */
public interface VideoNetwork extends Denoiser {
  NetworkConfig config();

  /**
   * As {@link #predict(Tensor, Tensor, Conditioning)}.
   *
   * @param segments how the blocks are run: plainly, or with their activations recomputed
   */
  Tensor predict(Tensor z_BCFHW, Tensor t_BF, Conditioning conditioning, Segments segments);

  /**
   * What its first block is given of a noisy video, modulated by the levels: how much that changes
   * says how much the answer will. Texts and what is beside the video are none of it.
   *
   * @param z_BCFHW the noisy video alone, scaled
   * @return [B, F, ...] f32; empty where there is no such block
   */
  default Optional<Tensor> modulated(Tensor z_BCFHW, Tensor t_BF) {
    return Optional.empty();
  }

  @Override
  default Optional<Signature> signature() {
    return Optional.of(config().signature());
  }

  @Override
  default Tensor predict(Tensor z_BCFHW, Tensor t_BF, Conditioning conditioning) {
    return predict(z_BCFHW, t_BF, conditioning, Segments.PLAIN);
  }
}
