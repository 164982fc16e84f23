package io.zoetrope.diffusion.condition;

import java.util.List;

/** A value of the whole run, which no frame and no clip has a part of. */
public record Setting<T>() implements Axis<T> {
  @Override
  public T frames(Slot<T> slot, T value, long first, long count) {
    return value;
  }

  @Override
  public T frames(Slot<T> slot, T value, long[] which) {
    return value;
  }

  @Override
  public T expand(Slot<T> slot, T value, long batch) {
    return value;
  }

  @Override
  public T join(Slot<T> slot, List<T> branches) {
    T one = branches.getFirst();
    for (T other : branches) {
      if (!other.equals(one)) {
        throw new IllegalArgumentException(
            "conditioning '%s' cannot be both %s and %s".formatted(slot.name(), one, other));
      }
    }
    return one;
  }

  @Override
  public T zero(Slot<T> slot, T value) {
    throw new IllegalArgumentException("conditioning '" + slot.name() + "' cannot be nothing");
  }
}
