package io.zoetrope.diffusion;

import io.zoetrope.torch.UserError;
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
public sealed interface Prediction {
  /** The noise. */
  Prediction EPS = new Eps();

  /** The clean video. */
  Prediction X0 = new X0();

  /** {@code v = alpha eps - sigma x0} (Salimans and Ho 2022), on z scaled to unit variance. */
  Prediction V = new V();

  /** The velocity of rectified flow, {@code eps - x0}. */
  Prediction FLOW = new Flow();

  /** EDM preconditioning with data of standard deviation 0.5. */
  Prediction EDM = new Edm(0.5);

  /** By name: eps, x0, v, flow or edm. */
  static Prediction of(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "eps", "epsilon" -> EPS;
      case "x0", "sample" -> X0;
      case "v", "v_prediction" -> V;
      case "flow" -> FLOW;
      case "edm" -> EDM;
      default ->
          throw new UserError(
              "unknown prediction '" + name + "': it is one of eps, x0, v, flow, edm");
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

  /** The noise. */
  record Eps() implements Prediction {
    @Override
    public Mix x0(NoiseLevel l) {
      return l.alpha() == 0 ? new Mix(0, 0) : new Mix(1 / l.alpha(), -l.sigma() / l.alpha());
    }

    @Override
    public Mix eps(NoiseLevel l) {
      return new Mix(0, 1);
    }

    @Override
    public Mix target(NoiseLevel l) {
      return new Mix(0, 1);
    }

    @Override
    public double inputScale(NoiseLevel l) {
      return unitScale(l);
    }
  }

  /** The clean video. */
  record X0() implements Prediction {
    @Override
    public Mix x0(NoiseLevel l) {
      return new Mix(0, 1);
    }

    @Override
    public Mix eps(NoiseLevel l) {
      return l.sigma() == 0 ? new Mix(0, 0) : new Mix(1 / l.sigma(), -l.alpha() / l.sigma());
    }

    @Override
    public Mix target(NoiseLevel l) {
      return new Mix(1, 0);
    }
  }

  /** {@code v = alpha eps - sigma x0}, alpha and sigma scaled so that their squares add up to 1. */
  record V() implements Prediction {
    @Override
    public Mix x0(NoiseLevel l) {
      double r = l.scale();
      return new Mix(l.alpha() / (r * r), -l.sigma() / r);
    }

    @Override
    public Mix eps(NoiseLevel l) {
      double r = l.scale();
      return new Mix(l.sigma() / (r * r), l.alpha() / r);
    }

    @Override
    public Mix target(NoiseLevel l) {
      double r = l.scale();
      return new Mix(-l.sigma() / r, l.alpha() / r);
    }

    @Override
    public double inputScale(NoiseLevel l) {
      return unitScale(l);
    }
  }

  /** The velocity {@code eps - x0}. */
  record Flow() implements Prediction {
    @Override
    public Mix x0(NoiseLevel l) {
      double sum = l.alpha() + l.sigma();
      return new Mix(1 / sum, -l.sigma() / sum);
    }

    @Override
    public Mix eps(NoiseLevel l) {
      double sum = l.alpha() + l.sigma();
      return new Mix(1 / sum, l.alpha() / sum);
    }

    @Override
    public Mix target(NoiseLevel l) {
      return new Mix(-1, 1);
    }
  }

  /**
   * EDM preconditioning (Karras et al. 2022, table 1): {@code x0 = c_skip y + c_out F(c_in y)} with
   * {@code y = z / alpha}. Written with {@code R^2 = sigma^2 + sigmaData^2 alpha^2} nothing divides
   * by alpha or sigma.
   *
   * @param sigmaData standard deviation of the data, above 0
   */
  record Edm(double sigmaData) implements Prediction {
    public Edm {
      if (!(sigmaData > 0 && Double.isFinite(sigmaData))) {
        throw new IllegalArgumentException("sigmaData is above 0, not " + sigmaData);
      }
    }

    private double r(NoiseLevel l) {
      return Math.hypot(l.sigma(), sigmaData * l.alpha());
    }

    @Override
    public Mix x0(NoiseLevel l) {
      double r = r(l);
      return new Mix(sigmaData * sigmaData * l.alpha() / (r * r), l.sigma() * sigmaData / r);
    }

    @Override
    public Mix eps(NoiseLevel l) {
      double r = r(l);
      return new Mix(l.sigma() / (r * r), -l.alpha() * sigmaData / r);
    }

    @Override
    public Mix target(NoiseLevel l) {
      double r = r(l);
      return new Mix(l.sigma() / (r * sigmaData), -sigmaData * l.alpha() / r);
    }

    @Override
    public double inputScale(NoiseLevel l) {
      return 1 / r(l);
    }
  }

  /** 1 under a VP schedule (up to rounding, which is not worth a pass over the video). */
  private static double unitScale(NoiseLevel l) {
    double scale = l.scale();
    return Math.abs(scale - 1) < 1e-9 ? 1 : 1 / scale;
  }
}
