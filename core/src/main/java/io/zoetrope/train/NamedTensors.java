package io.zoetrope.train;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.Arrays;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** Taking tensors by name, with errors that name them. */
final class NamedTensors {
  private NamedTensors() {}

  static Tensor get(String what, String name, Map<String, Tensor> source) {
    Tensor tensor = source.get(name);
    if (tensor == null) {
      throw new UserError(
          Fault.MISMATCH, "%s lacks '%s': it belongs to another model".formatted(what, name));
    }
    return tensor;
  }

  /** Overwrites a tensor, which may require gradients, by the named one of the same shape. */
  static void copyInto(String what, String name, Map<String, Tensor> source, Tensor target) {
    Tensor tensor = get(what, name, source);
    if (!Arrays.equals(Tensors.shape(tensor), Tensors.shape(target))
        || tensor.scalar_type().intern() != target.scalar_type().intern()) {
      throw new UserError(
          Fault.MISMATCH,
          "'%s' of %s is %s %s, the model needs %s %s"
              .formatted(
                  name,
                  what,
                  tensor.scalar_type().intern(),
                  Arrays.toString(Tensors.shape(tensor)),
                  target.scalar_type().intern(),
                  Arrays.toString(Tensors.shape(target))));
    }
    copy(tensor, target);
  }

  static void copy(Tensor from, Tensor to) {
    Scopes.run(() -> Scopes.noGrad(() -> to.copy_(from)));
  }
}
