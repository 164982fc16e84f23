package io.zoetrope.diffusion;

import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.diffusion.condition.Signature;
import io.zoetrope.torch.Segments;
import io.zoetrope.torch.Tensors;
import java.util.Arrays;
import java.util.List;
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

  /**
   * The network's raw prediction of a video with what is {@link Conditioning#BESIDE} it: that has
   * no part in the scaling, and is joined here behind the video's channels.
   *
   * @param scaled_BCFHW the noisy video alone, scaled
   * @throws IllegalArgumentException if it is told less than it needs, or what it does not read
   * @throws IllegalStateException if it answers in another shape than that of the video
   */
  default Tensor ask(
      Tensor scaled_BCFHW, Tensor t_BF, Conditioning conditioning, Segments segments) {
    Tensor input =
        conditioning
            .get(Conditioning.BESIDE)
            .map(b -> b.to(scaled_BCFHW.device(), scaled_BCFHW.scalar_type()))
            .map(b -> Tensors.cat(List.of(scaled_BCFHW, b), 1))
            .orElse(scaled_BCFHW);
    signature()
        .ifPresent(signature -> {
          signature.require(conditioning);
          signature.requireTakes(input);
        });
    Conditioning rest = conditioning.only(slot -> !slot.equals(Conditioning.BESIDE));
    Tensor raw = predict(input, t_BF, rest, segments);
    long gives = signature().map(s -> (long) s.gives()).orElse(scaled_BCFHW.size(1));
    if (gives != scaled_BCFHW.size(1)
        || !Arrays.equals(Tensors.shape(raw), Tensors.shape(scaled_BCFHW))) {
      throw new IllegalStateException(
          "the network, which gives %s channels, answers %s to a video of %s"
              .formatted(
                  gives,
                  Arrays.toString(Tensors.shape(raw)),
                  Arrays.toString(Tensors.shape(scaled_BCFHW))));
    }
    return raw;
  }

  /** What it needs and gives; empty where nobody said, and then nothing is checked. */
  default Optional<Signature> signature() {
    return Optional.empty();
  }
}
