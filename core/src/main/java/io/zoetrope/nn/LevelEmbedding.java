package io.zoetrope.nn;

import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Tensors;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Features of noise levels, one vector for each frame: sinusoids (Vaswani et al., 2017, section
 * 3.5) through two linear layers with SiLU.
 */
public record LevelEmbedding(Linear in, Linear out, int frequencies) {
  private static final double MAX_PERIOD = 10_000;

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
        frequencies);
  }

  /**
   * @param t_BF what the network is told of the level, of the order 0..1000
   * @return [B, F, width]
   */
  public Tensor forward(Tensor t_BF) {
    return out.forward(torch.silu(in.forward(sinusoids(t_BF, frequencies))));
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
