package io.zoetrope.train.part;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.Finite;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;

/** What was learned and is not of finite numbers is not written. */
final class NotFinite {
  private NotFinite() {}

  /** A value that is there and finite. */
  static Tensor require(Map<String, Tensor> values, String name) {
    Tensor value = Objects.requireNonNull(values.get(name), name);
    if (!Finite.all(value)) {
      throw new UserError(
          Fault.INVALID,
          "what '%s' has learned is not of finite numbers: nothing is written".formatted(name),
          "lower optimizer.lr, or use precision f32");
    }
    return value;
  }
}
