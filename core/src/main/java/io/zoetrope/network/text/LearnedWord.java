package io.zoetrope.network.text;

import io.zoetrope.torch.Tensors;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;

/**
 * A word of vectors that were learned apart (Gal et al., "An Image is Worth One Word", 2022).
 *
 * @param name as prompts have it, in letters of any case
 * @param vectors tokens that it takes, at least 1
 * @param rows their features, [vectors, width] f32; asked for at each use, so that they may learn
 */
public record LearnedWord(String name, int vectors, Supplier<Tensor> rows) {
  /**
   * A word that learns no more.
   *
   * @param values features of one vector after another; not copied
   */
  public static LearnedWord of(String name, int vectors, float... values) {
    return new LearnedWord(
        name, vectors, () -> Tensors.of(values, vectors, values.length / vectors));
  }
}
