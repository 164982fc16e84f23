package io.zoetrope.pipeline.family;

import io.zoetrope.checkpoint.WeightSource;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Where weights of a part lie.
 *
 * @param file opens them, under the names that they have there; closed with the {@link ModelFiles}
 * @param keys the part's name of a weight for a file's
 */
public record Place(Supplier<WeightSource> file, UnaryOperator<String> keys) {
  /** Opens them under the part's names. */
  public WeightSource open() {
    return file.get().renamed(keys);
  }
}
