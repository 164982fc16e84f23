package io.zoetrope.network.vision;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.Tensors;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * What is taken off the channels of a picture, and what they are divided by then, before a network
 * sees it.
 *
 * @param mean of red, green and blue, of values 0..1
 * @param deviation of the same, above 0
 */
public record PictureStatistics(List<Double> mean, List<Double> deviation) {
  /** Those that CLIP was trained with. */
  public static final PictureStatistics CLIP =
      new PictureStatistics(
          List.of(0.48145466, 0.4578275, 0.40821073), List.of(0.26862954, 0.26130258, 0.27577711));

  /**
   * @throws UserError if they are not three each, or a deviation is none
   */
  public PictureStatistics {
    mean = List.copyOf(mean);
    deviation = List.copyOf(deviation);
    if (mean.size() != 3
        || deviation.size() != 3
        || !mean.stream().allMatch(Double::isFinite)
        || !deviation.stream().allMatch(v -> v > 0 && Double.isFinite(v))) {
      throw new UserError(
          Fault.INVALID,
          "pictures have a mean and a positive deviation for each of three channels, not %s and %s"
              .formatted(mean, deviation));
    }
  }

  /** Pictures [B, 3, H, W] with values 0..1, as they are shown to the network. */
  public Tensor normalised(Tensor x_B3HW) {
    return x_B3HW.sub(plane(mean, x_B3HW)).div(plane(deviation, x_B3HW));
  }

  private static Tensor plane(List<Double> of, Tensor like) {
    float[] values = {of.get(0).floatValue(), of.get(1).floatValue(), of.get(2).floatValue()};
    return Tensors.beside(like, Tensors.of(values, 1, 3, 1, 1));
  }
}
