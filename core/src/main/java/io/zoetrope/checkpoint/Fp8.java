package io.zoetrope.checkpoint;

import io.zoetrope.torch.PackedTensor;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.Optional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Numbers of 8 bits, each times the scale of its tensor.
 *
 * @param type {@code Float8_e4m3fn} or {@code Float8_e5m2}
 * @param scale 1 for none
 * @param loop looks numbers up
 */
record Fp8(String name, ScalarType type, float scale, Optional<PackedTensor.Loop> loop)
    implements PackedTensor.Packing {
  /** One of a scale. */
  static Fp8 of(String name, ScalarType type, float scale) {
    byte[] every = new byte[256];
    for (int i = 0; i < every.length; i++) {
      every[i] = (byte) i;
    }
    float[] numbers =
        Scopes.value(() ->
            Tensors.toFloats(
                new Fp8(name, type, scale, Optional.empty())
                    .unpack(Tensors.ofBytes(every, every.length))));
    return new Fp8(
        name,
        type,
        scale,
        Optional.of((bytes, count, out) -> {
          for (int i = 0; i < count; i++) {
            out[i] = numbers[bytes[i] & 255];
          }
        }));
  }

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
