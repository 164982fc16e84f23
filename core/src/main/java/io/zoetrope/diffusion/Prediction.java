package io.zoetrope.diffusion;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.bytedeco.pytorch.Tensor;

/**
 * What a network's output means. Every kind is linear in the noisy video and the raw output, so
 * each is given by a few coefficients per noise level, in forms that stay finite where alpha or
 * sigma is 0. Where a level really says nothing (x0 from eps at alpha 0, eps from x0 at sigma 0)
 * the coefficients are 0 and so is the result.
 */
public sealed interface Prediction
    permits Predictions.Eps, Predictions.X0, Predictions.V, Predictions.Flow, Predictions.Edm {
  /** The noise. */
  Prediction EPS = new Predictions.Eps();

  /** The clean video. */
  Prediction X0 = new Predictions.X0();

  /** {@code v = alpha eps - sigma x0} (Salimans and Ho 2022), on z scaled to unit variance. */
  Prediction V = new Predictions.V();

  /** The velocity of rectified flow, {@code eps - x0}. */
  Prediction FLOW = new Predictions.Flow();

  /** EDM preconditioning with data of standard deviation 0.5. */
  Prediction EDM = new Predictions.Edm(0.5);

  /**
   * EDM preconditioning for other data (Karras et al. 2022, table 1).
   *
   * @param sigmaData standard deviation of the data, above 0
   */
  static Prediction edm(double sigmaData) {
    return new Predictions.Edm(sigmaData);
  }

  /** Its name: eps, x0, v, flow or edm. */
  String name();

  /** By name, also by those of diffusers: eps, x0, v, flow or edm. */
  static Prediction of(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "eps", "epsilon" -> EPS;
      case "x0", "sample" -> X0;
      case "v", "v_prediction" -> V;
      case "flow" -> FLOW;
      case "edm" -> EDM;
      default ->
          throw new UserError(
              Fault.INVALID,
              "unknown prediction '" + name + "'",
              "it is one of eps, x0, v, flow, edm");
    };
  }

  /** A linear combination: {@code first * a + second * b}. */
  record Mix(double first, double second) {}

  /** x0 as a mix of z and the raw output. */
  Mix x0(NoiseLevel level);

  /** eps as a mix of z and the raw output. */
  Mix eps(NoiseLevel level);

  /** The raw output, that is the training target, as a mix of x0 and eps. */
  Mix target(NoiseLevel level);

  /** What z is multiplied by before the network sees it. */
  default double inputScale(NoiseLevel level) {
    return 1;
  }

  /** The clean video that a raw output stands for; all tensors [B, C, F, H, W]. */
  default Tensor toX0(Tensor raw, Tensor z, Levels levels) {
    return mix(z, raw, levels, this::x0);
  }

  /** The noise that a raw output stands for. */
  default Tensor toEps(Tensor raw, Tensor z, Levels levels) {
    return mix(z, raw, levels, this::eps);
  }

  /** The training target: the raw output of a perfect network. */
  default Tensor from(Tensor x0, Tensor eps, Levels levels) {
    return mix(x0, eps, levels, this::target);
  }

  /** This kind of raw output turned into another kind. */
  default Tensor convert(Tensor raw, Tensor z, Levels levels, Prediction other) {
    return other.equals(this)
        ? raw
        : other.from(toX0(raw, z, levels), toEps(raw, z, levels), levels);
  }

  private static Tensor mix(Tensor a, Tensor b, Levels levels, Function<NoiseLevel, Mix> formula) {
    ToDoubleFunction<NoiseLevel> first = level -> formula.apply(level).first();
    ToDoubleFunction<NoiseLevel> second = level -> formula.apply(level).second();
    if (levels.allEqual(first, 0)) {
      return levels.allEqual(second, 1) ? b : b.mul(levels.coefficient(second, b));
    }
    return a.mul(levels.coefficient(first, a)).add(b.mul(levels.coefficient(second, a)));
  }
}
