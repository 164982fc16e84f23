package io.zoetrope.network;

import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.nn.Init;
import io.zoetrope.nn.LevelEmbedding;
import io.zoetrope.nn.Linear;
import io.zoetrope.nn.Parameters;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Tensors;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Features of how noisy the clip is that a network sees beside its video ({@link
 * Conditioning#BESIDE_LEVEL}), added to those of the video's own level (Ho et al., "Cascaded
 * Diffusion Models", 2021, section 3). They begin at zero: so a network begins as it was.
 *
 * @param embedding of the place of logSNR between {@link #NOISE} and {@link #CLEAN}, times 1000
 */
public record BesideLevel(LevelEmbedding embedding) {
  /** LogSNR of what has no noise, and the largest that is told. */
  public static final double CLEAN = 20;

  /** LogSNR of nothing but noise, and the smallest that is told. */
  public static final double NOISE = -20;

  private static final int FREQUENCIES = 256;

  /**
   * @param width features of a level of the network
   */
  public static BesideLevel of(Parameters p, long width) {
    return new BesideLevel(
        new LevelEmbedding(
            Linear.of(p.at("linear_1"), FREQUENCIES, width, Init.normal(0.02)),
            Linear.of(p.at("linear_2"), width, width, Init.ZEROS),
            FREQUENCIES,
            Optional.empty()));
  }

  /** A logSNR as networks are told of it. */
  public static double told(double logSnr) {
    return Math.clamp(logSnr, NOISE, CLEAN);
  }

  /**
   * Of each frame; where nothing is said it is clean.
   *
   * @param t_BF levels of the video, for number of frames and device
   * @return [B, F, width] f32
   */
  public Tensor of(Conditioning conditioning, Tensor t_BF) {
    Tensor logSnr_BF =
        conditioning
            .get(Conditioning.BESIDE_LEVEL)
            .map(l -> l.to(t_BF.device(), ScalarType.Float))
            .orElseGet(() -> Tensors.beside(t_BF, Tensors.full(CLEAN, t_BF.size(0), t_BF.size(1))));
    Tensor place_BF = Ops.mul(Ops.add(Ops.mul(logSnr_BF, -1), CLEAN), 1000 / (CLEAN - NOISE));
    return embedding.forward(place_BF).to(ScalarType.Float);
  }
}
