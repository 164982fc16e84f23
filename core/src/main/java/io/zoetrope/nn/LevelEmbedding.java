package io.zoetrope.nn;

import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Tensors;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Features of noise levels, one vector for each frame: sinusoids (Vaswani et al., 2017, section
 * 3.5) through two linear layers with SiLU.
 */
public record LevelEmbedding(Linear in, Linear out, int frequencies, Optional<Linear> guidance) {
  private static final double MAX_PERIOD = 10_000;

  /** What a weight of guidance is multiplied by: the weight then spreads as timesteps do. */
  private static final double GUIDANCE_SCALE = 1000;

  public static LevelEmbedding of(Parameters p, long width) {
    return of(p, 256, width);
  }

  /**
   * @param frequencies sinusoids, an even number
   * @param width features of the result
   */
  public static LevelEmbedding of(Parameters p, int frequencies, long width) {
    return new LevelEmbedding(
        Linear.of(p.at("linear_1"), frequencies, width, Init.normal(0.02)),
        Linear.of(p.at("linear_2"), width, width, Init.normal(0.02)),
        frequencies,
        Optional.empty());
  }

  /**
   * With guidance told beside the level: a projection of its sinusoids, which begins at zero, is
   * added to the level's (Luo et al. 2023, "Latent Consistency Models", appendix; {@code cond_proj}
   * in the public reference).
   *
   * @param sinusoids of the guidance; 0 for none
   */
  public LevelEmbedding told(Parameters p, int sinusoids) {
    return sinusoids == 0
        ? this
        : new LevelEmbedding(
            in,
            out,
            frequencies,
            Optional.of(Linear.withoutBias(p.at("cond_proj"), sinusoids, frequencies, Init.ZEROS)));
  }

  /**
   * As {@link #forward(Tensor)}.
   *
   * @param w_BF the weight of guidance; only for an embedding that is told it
   */
  public Tensor forward(Tensor t_BF, Optional<Tensor> w_BF) {
    Tensor level = sinusoids(t_BF, frequencies);
    if (guidance.isPresent() && w_BF.isPresent()) {
      Linear in = guidance.get();
      Tensor w = w_BF.get().to(t_BF.device(), ScalarType.Float);
      level = level.add(in.forward(guided(w, in.inputs())).to(ScalarType.Float));
    }
    return out.forward(torch.silu(in.forward(level)));
  }

  /**
   * @param t_BF what the network is told of the level, of the order 0..1000
   * @return [B, F, width]
   */
  public Tensor forward(Tensor t_BF) {
    return forward(t_BF, Optional.empty());
  }

  /**
   * Sines, then cosines, of a weight of guidance, whose frequencies reach the last: [..., size].
   */
  private static Tensor guided(Tensor w, int size) {
    int half = size / 2;
    float[] steps = new float[half];
    for (int i = 0; i < half; i++) {
      steps[i] = i;
    }
    Tensor exponents =
        Ops.mul(Tensors.of(steps, half), -Math.log(MAX_PERIOD) / Math.max(1, half - 1));
    Tensor frequencies = exponents.exp().to(w.device(), ScalarType.Float);
    Tensor angles = Ops.mul(w, GUIDANCE_SCALE).unsqueeze(-1).mul(frequencies);
    return Tensors.cat(List.of(angles.sin(), angles.cos()), -1);
  }

  /** Cosines, then sines, of t times geometrically falling frequencies: [..., size]. */
  public static Tensor sinusoids(Tensor t, int size) {
    int half = size / 2;
    float[] steps = new float[half];
    for (int i = 0; i < half; i++) {
      steps[i] = i;
    }
    // In f32 step by step: angles reach 1000, so that one rounding more would be seen.
    Tensor exponents = Ops.mul(Tensors.of(steps, half), -Math.log(MAX_PERIOD));
    Tensor frequencies = Ops.div(exponents, half).exp().to(t.device(), ScalarType.Float);
    Tensor angles = t.to(ScalarType.Float).unsqueeze(-1).mul(frequencies);
    return Tensors.cat(List.of(angles.cos(), angles.sin()), -1);
  }
}
