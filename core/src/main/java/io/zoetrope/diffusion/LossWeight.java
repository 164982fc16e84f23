package io.zoetrope.diffusion;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import org.bytedeco.pytorch.Tensor;

/**
 * How much the squared error of a frame counts at its noise level. A weight is defined on the error
 * of eps or, the same thing, of x0 ({@code inX0 = snr inEps}) and applied to the error of whatever
 * the network predicts, so that it means the same for every {@link Prediction}. {@link Constant} is
 * the exception: 1 in the network's own terms.
 */
public sealed interface LossWeight {
  /** The weight of the squared error of eps. */
  double inEps(NoiseLevel level);

  /** The weight of the squared error of the network's raw output. */
  default double weight(NoiseLevel level, Prediction prediction) {
    // Either path is exact; at an end of the range one of them is 0 times infinity.
    double x0 = prediction.x0(level).second();
    double eps = prediction.eps(level).second();
    double viaEps = inEps(level) * eps * eps;
    double viaX0 = inEps(level) * level.snr() * x0 * x0;
    return level.alpha() >= level.sigma() && Double.isFinite(viaX0) ? viaX0 : viaEps;
  }

  /** The weights of a batch, [B, 1, F, 1, 1], in the dtype and on the device of {@code like}. */
  default Tensor weights(Levels levels, Prediction prediction, Tensor like) {
    return levels.coefficient(level -> weight(level, prediction), like);
  }

  /** By name: constant, snr, min-snr (gamma 5), sigmoid (bias 2), debiased, truncated-snr. */
  static LossWeight of(String name) {
    return switch (name) {
      case "constant" -> new Constant();
      case "snr" -> new Snr();
      case "min-snr" -> new MinSnr();
      case "sigmoid" -> new Sigmoid();
      case "debiased" -> new Debiased();
      case "truncated-snr" -> new TruncatedSnr();
      default ->
          throw new UserError(
              Fault.INVALID,
              "unknown loss weight '" + name + "'",
              "it is one of constant, snr, min-snr, sigmoid, debiased, truncated-snr");
    };
  }

  /** 1 on the network's raw output, whatever that is. */
  record Constant() implements LossWeight {
    @Override
    public double inEps(NoiseLevel level) {
      return 1;
    }

    @Override
    public double weight(NoiseLevel level, Prediction prediction) {
      return 1;
    }
  }

  /**
   * SNR on x0, which is 1 on eps (Ho et al. 2020, equation 14) and {@code snr / (snr + 1)} on v:
   * the rescaled loss of v.
   */
  record Snr() implements LossWeight {
    @Override
    public double inEps(NoiseLevel level) {
      return 1;
    }
  }

  /**
   * {@code min(snr, gamma)} on x0 (Hang et al. 2023, "Efficient Diffusion Training via Min-SNR
   * Weighting", section 3.4).
   */
  record MinSnr(double gamma) implements LossWeight {
    /** Gamma 5, as there. */
    public MinSnr() {
      this(5);
    }

    public MinSnr {
      if (!(gamma > 0)) {
        throw new UserError(Fault.INVALID, "gamma must be above 0, is " + gamma);
      }
    }

    @Override
    public double inEps(NoiseLevel level) {
      return Math.min(1, gamma / level.snr());
    }

    @Override
    public double weight(NoiseLevel level, Prediction prediction) {
      double x0 = prediction.x0(level).second();
      return level.snr() >= gamma ? gamma * x0 * x0 : LossWeight.super.weight(level, prediction);
    }
  }

  /** {@code sigmoid(bias - logSnr)} on eps (Kingma and Gao 2023, table 1; bias 2 there). */
  record Sigmoid(double bias) implements LossWeight {
    /** Bias 2, as there. */
    public Sigmoid() {
      this(2);
    }

    @Override
    public double inEps(NoiseLevel level) {
      return 1 / (1 + Math.exp(level.logSnr() - bias));
    }

    @Override
    public double weight(NoiseLevel level, Prediction prediction) {
      double x0 = prediction.x0(level).second();
      if (level.alpha() < level.sigma()) {
        return LossWeight.super.weight(level, prediction);
      }
      // snr sigmoid(bias - logSnr) = 1 / (1 / snr + e^-bias)
      return x0 * x0 / (1 / level.snr() + Math.exp(-bias));
    }
  }

  /**
   * {@code max(snr, 1)} on x0: of a student that begins at pure noise, where no error of eps counts
   * for its video (Salimans and Ho 2022, section 4).
   */
  record TruncatedSnr() implements LossWeight {
    @Override
    public double inEps(NoiseLevel level) {
      return Math.max(1, 1 / level.snr());
    }

    @Override
    public double weight(NoiseLevel level, Prediction prediction) {
      boolean clean = level.snr() >= 1;
      double factor = (clean ? prediction.eps(level) : prediction.x0(level)).second();
      return factor * factor;
    }
  }

  /**
   * {@code 1 / sqrt(snr)} on eps, at most 1000 (Yu et al. 2023, "Debias the Training of Diffusion
   * Models", section 4).
   */
  record Debiased() implements LossWeight {
    private static final double MOST = 1000;

    @Override
    public double inEps(NoiseLevel level) {
      return Math.min(MOST, 1 / Math.sqrt(level.snr()));
    }
  }
}
