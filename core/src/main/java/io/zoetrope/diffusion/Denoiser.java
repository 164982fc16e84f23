package io.zoetrope.diffusion;

import io.zoetrope.torch.Segments;
import org.bytedeco.pytorch.Tensor;

/** A network, as diffusion sees it. */
@FunctionalInterface
public interface Denoiser {
  /**
   * The network's raw prediction; {@link Prediction} says what it means.
   *
   * @param z_BCFHW the noisy video, already scaled by {@link Prediction#inputScale}
   * @param t_BF what the network is told of each frame's level, {@link
   *     NoiseSchedule#timestepInput(double)}; f32, on the device of z
   * @param conditioning text and whatever else the video is conditioned on, batched as z
   * @return [B, C, F, H, W]
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
}
