package io.zoetrope.diffusion;

import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.diffusion.condition.Signature;
import io.zoetrope.torch.Segments;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/** A network, as diffusion sees it. */
@FunctionalInterface
public interface Denoiser {
  /**
   * The network's raw prediction; {@link Prediction} says what it means.
   *
   * @param z_BCFHW the noisy video, already scaled by {@link Prediction#inputScale}; behind its
   *     channels those of what is {@link Conditioning#BESIDE} it
   * @param t_BF what the network is told of each frame's level, {@link
   *     NoiseSchedule#timestepInput(double)}; f32, on the device of z
   * @param conditioning text and whatever else the video is conditioned on, batched as z
   * @return [B, C, F, H, W], C being the channels of the noisy video alone
   */
  Tensor predict(Tensor z_BCFHW, Tensor t_BF, Conditioning conditioning);

  /**
   * As {@link #predict(Tensor, Tensor, Conditioning)}, with the network's blocks run as segments,
   * for those who need a gradient and have not the memory for all activations. A network that has
   * no segments runs as it is.
   */
  default Tensor predict(
      Tensor z_BCFHW, Tensor t_BF, Conditioning conditioning, Segments segments) {
    return predict(z_BCFHW, t_BF, conditioning);
  }

  /** What it needs and gives; empty where nobody said, and then nothing is checked. */
  default Optional<Signature> signature() {
    return Optional.empty();
  }
}
