package io.zoetrope.eval.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.zoetrope.error.UserError;
import io.zoetrope.eval.Reference;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class FrechetDistanceTest {
  private static FeatureSet set(double[] flat, int size) {
    FeatureSet set = new FeatureSet();
    double[][] rows = new double[flat.length / size][];
    Arrays.setAll(rows, i -> Arrays.copyOfRange(flat, i * size, (i + 1) * size));
    set.add(rows);
    return set;
  }

  private static FeatureSet normal(long seed, int n, double[] mean, double[] std) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] flat = new double[n * mean.length];
    for (int i = 0; i < flat.length; i++) {
      int d = i % mean.length;
      flat[i] = mean[d] + std[d] * random.nextGaussian();
    }
    return set(flat, mean.length);
  }

  private static FeatureSet scaled(FeatureSet of, double factor, double shift) {
    double[][] rows = new double[of.size()][];
    FeatureSet all = of.draw(of.size(), new SplittableRandom(0));
    double[] flat = Scopes.value(() -> Tensors.toDoubles(all.tensor()));
    int size = flat.length / of.size();
    for (int i = 0; i < rows.length; i++) {
      rows[i] = new double[size];
      for (int d = 0; d < size; d++) {
        rows[i][d] = factor * flat[i * size + d] + shift;
      }
    }
    FeatureSet out = new FeatureSet();
    out.add(rows);
    return out;
  }

  @Test
  void isThatOfScipy() {
    FeatureSet a = set(Reference.wave(240, 0.9, 0.05), 6);
    double[] b = Reference.wave(180, 0.31, 0.7);
    Arrays.setAll(b, i -> 0.5 * b[i] + 0.2);
    assertThat(FrechetDistance.distance(a, set(b, 6)))
        // The waves' covariances are singular, at which scipy's root keeps half of its digits.
        .isCloseTo(Reference.expected().get("frechet").doubleValue(), within(1e-7));
  }

  /** Five and four videos in twelve dimensions: covariances of low rank. */
  @Test
  void fewSamplesAreNoTrouble() {
    FeatureSet a = set(Reference.wave(60, 0.9, 0.05), 12);
    FeatureSet b = set(Reference.wave(48, 0.31, 0.7), 12);
    assertThat(FrechetDistance.distance(a, b))
        .isCloseTo(Reference.expected().get("frechet_few").doubleValue(), within(1e-6));
  }

  /** With C2 = s^2 C1 and shifted means: D shift^2 + (1 - s)^2 tr C1. */
  @Test
  void shiftsAndScalesInClosedForm() {
    FeatureSet a = normal(1, 200, new double[5], new double[] {1, 2, 3, 0.5, 0.1});
    assertThat(FrechetDistance.distance(a, a)).isCloseTo(0, within(1e-9));
    assertThat(FrechetDistance.distance(a, scaled(a, 1, 0.3))).isCloseTo(5 * 0.09, within(1e-9));
    double[] mean = a.mean();
    double moved = Arrays.stream(mean).map(m -> m * m).sum();
    double trace = 0;
    for (double v : variances(a)) {
      trace += v;
    }
    assertThat(FrechetDistance.distance(a, scaled(a, 2, 0))).isCloseTo(moved + trace, within(1e-8));
  }

  private static double[] variances(FeatureSet a) {
    double[] flat = Scopes.value(() -> Tensors.toDoubles(a.tensor()));
    double[] mean = a.mean();
    double[] out = new double[mean.length];
    for (int i = 0; i < flat.length; i++) {
      int d = i % mean.length;
      out[d] += Math.pow(flat[i] - mean[d], 2) / (a.size() - 1);
    }
    return out;
  }

  /** Two samples of one Gaussian: the distance is bias alone, and the line over 1 / N takes it. */
  @Test
  void extrapolationTakesTheBias() {
    double[] std = new double[16];
    Arrays.fill(std, 1);
    double whole = 0;
    double extrapolated = 0;
    for (int seed = 0; seed < 6; seed++) {
      FrechetDistance d =
          FrechetDistance.between(
              normal(2L * seed, 100, new double[16], std),
              normal(2L * seed + 1, 100, new double[16], std),
              seed);
      whole += d.distance() / 6;
      extrapolated += d.extrapolated() / 6;
    }
    assertThat(whole).isBetween(0.8, 2.5);
    assertThat(Math.abs(extrapolated)).isLessThan(0.25 * whole);
  }

  @Test
  void oneVideoIsTooFew() {
    FeatureSet one = set(new double[] {1, 2}, 2);
    assertThatThrownBy(() -> FrechetDistance.between(one, one, 0))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("at least 2");
    FeatureSet three = set(new double[] {1, 2, 3, 4, 5, 5}, 2);
    assertThat(FrechetDistance.between(three, three, 0).extrapolated()).isNaN();
  }
}
