package io.zoetrope.diffusion;

/**
 * The kinds of {@link Prediction}. Apart from it and out of reach, so that no thread can begin to
 * initialise one of these while another initialises the interface that holds them.
 */
final class Predictions {
  private Predictions() {}

  /** The noise. */
  record Eps() implements Prediction {
    @Override
    public String name() {
      return "eps";
    }

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
    public String name() {
      return "x0";
    }

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

    @Override
    public double inputScale(NoiseLevel l) {
      return unitScale(l);
    }
  }

  /** {@code v = alpha eps - sigma x0}, alpha and sigma scaled so that their squares add up to 1. */
  record V() implements Prediction {
    @Override
    public String name() {
      return "v";
    }

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
    public String name() {
      return "flow";
    }

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

    @Override
    public String name() {
      return "edm";
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
