package io.zoetrope.diffusion.condition;

import io.zoetrope.torch.Tensors;
import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;

/**
 * A place for one entry of a {@link Conditioning}.
 *
 * @param <T> the value of the entry
 * @param name of its own, for messages
 * @param type of the value
 * @param axis along which it lies
 * @param axes the letters of a tensor's axes, such as BCFHW; empty for a {@link Setting}
 * @param nothing what stands for nothing
 * @param unread whether a network may leave it unread
 */
public record Slot<T>(
    String name, Class<T> type, Axis<T> axis, String axes, Nothing nothing, Unread unread) {
  /** What it means that a network does not read an entry. */
  public enum Unread {
    /** It would be without effect: it is refused. */
    REFUSED,

    /** It is there for networks that can use it. */
    HARMLESS
  }

  public Slot {
    if (axis instanceof Along along && !axes.startsWith(along.first())) {
      throw new IllegalArgumentException(
          "'%s' has axes %s, which do not begin with %s".formatted(name, axes, along.first()));
    }
  }

  /** For a tensor that must be read. */
  public static Slot<Tensor> tensor(String name, Along along, String axes, Nothing nothing) {
    return new Slot<>(name, Tensor.class, along, axes, nothing, Unread.REFUSED);
  }

  /** For a setting of the run, the same for all branches. */
  public static <T> Slot<T> setting(String name, Class<T> type) {
    return new Slot<>(name, type, new Setting<>(), "", Nothing.SAME, Unread.REFUSED);
  }

  /** The same, but a network need not read it. */
  public Slot<T> harmless() {
    return new Slot<>(name, type, axis, axes, nothing, Unread.HARMLESS);
  }

  /** Throws unless a value fits in here. */
  T require(T value) {
    if (value instanceof Tensor tensor && tensor.dim() != axes.length()) {
      throw new IllegalArgumentException(
          "conditioning '%s' is [%s], not of shape %s"
              .formatted(
                  name, String.join(", ", axes.split("")), Arrays.toString(Tensors.shape(tensor))));
    }
    return value;
  }

  @Override
  public String toString() {
    return "'" + name + "'";
  }
}
