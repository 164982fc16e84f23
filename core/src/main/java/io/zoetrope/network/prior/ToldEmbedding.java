package io.zoetrope.network.prior;

import io.zoetrope.diffusion.NoiseLevel;
import io.zoetrope.nn.Init;
import io.zoetrope.nn.LevelEmbedding;
import io.zoetrope.nn.Parameters;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Tensors;
import java.util.List;
import java.util.function.IntFunction;
import org.bytedeco.pytorch.Tensor;

/**
 * Embeddings as a decoder is told them. Weights are named as in {@code StableUnCLIPImageNormalizer}
 * of diffusers: {@code mean} and {@code std} of each feature.
 */
public final class ToldEmbedding {
  private final Form form;
  private final Tensor mean_1E;
  private final Tensor deviation_1E;

  /** What a decoder is told of an embedding. */
  public sealed interface Form {
    /** Each feature by its mean and deviation, no more. */
    record Standardised() implements Form {}

    /**
     * The embedding itself, noised where its features are standardised, and sinusoids of how much,
     * as many as features (unCLIP as Stable Diffusion 2.1 has it).
     *
     * @param noise at a timestep of the noising
     */
    record Noised(IntFunction<NoiseLevel> noise) implements Form {}
  }

  public ToldEmbedding(int features, Form form, Parameters p) {
    this.form = form;
    mean_1E = p.plain("mean", Init.ZEROS, 1, features);
    deviation_1E = p.plain("std", Init.ONES, 1, features);
  }

  /** Features of an embedding. */
  public int features() {
    return Math.toIntExact(mean_1E.size(1));
  }

  /**
   * What a decoder is told.
   *
   * @param embedding_BE as it was read of a picture, or made by a prior
   * @param timestep of the noising; 0 is the least, which is not none
   * @param noise_BE of unit variance
   */
  public Tensor told(Tensor embedding_BE, int timestep, Tensor noise_BE) {
    Tensor x_BE = embedding_BE.sub(mean_1E).div(deviation_1E);
    return switch (form) {
      case Form.Standardised() -> x_BE;
      case Form.Noised(IntFunction<NoiseLevel> noise) -> {
        NoiseLevel level = noise.apply(timestep);
        Tensor noised = Ops.mul(x_BE, level.alpha()).add(Ops.mul(noise_BE, level.sigma()));
        Tensor t_B = Tensors.beside(x_BE, Tensors.full(timestep, x_BE.size(0)));
        yield Tensors.cat(
            List.of(
                noised.mul(deviation_1E).add(mean_1E), LevelEmbedding.sinusoids(t_B, features())),
            1);
      }
    };
  }
}
