package io.zoetrope.checkpoint;

import io.zoetrope.torch.ComputeDevice;
import io.zoetrope.torch.FileDigest;
import io.zoetrope.torch.PackedTensor;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * By what a base is known again: eight digits for the names and shapes of its weights, and eight
 * for the signs of some of them, which are the same in f32, f16 and bf16. Layers that look across
 * frames, and {@code conv_in}, which may be grown, are left out: a base is the same with motion and
 * without.
 */
public final class WeightsPrint {
  private static final int LAYERS = 16;
  private static final int NUMBERS = 1024;

  private WeightsPrint() {}

  /** Of the weights of a network, by name: such as {@code 1a2b3c4d-5e6f7a8b}. */
  public static String of(Map<String, Tensor> weights) {
    MessageDigest structure = FileDigest.sha256();
    MessageDigest signs = FileDigest.sha256();
    int layers = 0;
    for (Map.Entry<String, Tensor> weight : new TreeMap<>(weights).entrySet()) {
      String name = weight.getKey();
      if (isBeside(name)) {
        continue;
      }
      String shape = Arrays.toString(Tensors.shape(weight.getValue()));
      structure.update((name + shape).getBytes(StandardCharsets.UTF_8));
      if (weight.getValue().dim() >= 2 && layers++ < LAYERS) {
        signs.update(signs(weight.getValue()));
      }
    }
    return FileDigest.text(structure).substring(0, 8)
        + "-"
        + FileDigest.text(signs).substring(0, 8);
  }

  private static boolean isBeside(String name) {
    return name.contains("motion_modules.")
        || name.contains("_temp.")
        || name.startsWith("conv_in.");
  }

  private static byte[] signs(Tensor weight) {
    return Scopes.value(() ->
        Scopes.noGrad(() -> {
          Tensor first = PackedTensor.first(weight, NUMBERS).detach();
          return Tensors.toBytes(ComputeDevice.CPU.place(first).gt(new Scalar(0)));
        }));
  }
}
