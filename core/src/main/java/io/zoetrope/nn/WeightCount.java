package io.zoetrope.nn;

import io.zoetrope.torch.PackedTensor;
import java.util.Collection;
import org.bytedeco.pytorch.Tensor;

/**
 * How much the weights of a network are.
 *
 * @param plain numbers that are held in a format of the network's
 * @param packed bytes of matrices that stay in their blocks ({@link PackedTensor})
 * @param largest numbers of the largest of these, which is unpacked while its layer runs
 */
public record WeightCount(long plain, long packed, long largest) {
  public static final WeightCount NONE = new WeightCount(0, 0, 0);

  /** Of which none is packed. */
  public static WeightCount plain(long numbers) {
    return new WeightCount(numbers, 0, 0);
  }

  /** Of weights as files have them. */
  public static WeightCount of(Collection<Tensor> weights) {
    long plain = 0;
    long packed = 0;
    long largest = 0;
    for (Tensor weight : weights) {
      // As ParameterStore takes them: no other than a matrix stays packed.
      if (PackedTensor.of(weight).isPresent() && weight.dim() == 2) {
        packed += PackedTensor.bytes(weight);
        largest = Math.max(largest, weight.numel());
      } else {
        plain += weight.numel();
      }
    }
    return new WeightCount(plain, packed, largest);
  }
}
