package io.zoetrope.checkpoint;

import java.util.List;

/**
 * A tensor of a file of weights.
 *
 * @param format of its numbers, as the file's format names it: {@code F16}, {@code Q4_K}
 * @param shape sizes, slowest axis first; empty for a scalar
 * @param bytes in the file
 */
public record WeightEntry(String name, String format, List<Long> shape, long bytes) {
  public WeightEntry {
    shape = List.copyOf(shape);
  }

  /** How many numbers it is of. */
  public long numbers() {
    return shape.stream().reduce(1L, (a, b) -> a * b);
  }
}
