package io.zoetrope.checkpoint;

import io.zoetrope.torch.PackedTensor;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Numbers of 8 bits, each times the scale of its tensor.
 *
 * @param type {@code Float8_e4m3fn} or {@code Float8_e5m2}
 * @param scale 1 for none
 */
record Fp8(String name, ScalarType type, float scale) implements PackedTensor.Packing {
  @Override
  public int numbers() {
    return 1;
  }

  @Override
  public int bytes() {
    return 1;
  }

  @Override
  public Tensor unpack(Tensor blocks_NB) {
    Tensor numbers = blocks_NB.view(type).to(ScalarType.Float);
    return scale == 1 ? numbers : numbers.mul_(new Scalar(scale));
  }
}
