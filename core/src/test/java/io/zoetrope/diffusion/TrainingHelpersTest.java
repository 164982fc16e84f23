package io.zoetrope.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

/** Loss weights and the drawing of training levels. */
class TrainingHelpersTest {
  private static final NoiseSchedule COSINE = NoiseSchedule.cosine();

  private static double[] draw(TimestepSampler sampler, long batch, long frames) {
    return draw(COSINE, sampler, batch, frames);
  }

  private static double[] draw(
      NoiseSchedule schedule, TimestepSampler sampler, long batch, long frames) {
    try (PointerScope scope = new PointerScope();
        RandomStream stream = new RandomStreams(3).stream("t")) {
      return Tensors.toDoubles(sampler.draw(schedule, stream, batch, frames));
    }
  }

  private static boolean shared(double[] drawn, int clip, int frames) {
    return Arrays.stream(drawn, clip * frames, (clip + 1) * frames).distinct().count() == 1;
  }

  @Test
  void clipsDrawTheirOwnLevelsWithTheirProbability() {
    for (double p : new double[] {0, 0.2, 1}) {
      double[] drawn = draw(new TimestepSampler(new TimestepSampler.Uniform(), p), 4000, 8);
      int own = 0;
      for (int clip = 0; clip < 4000; clip++) {
        own += shared(drawn, clip, 8) ? 0 : 1;
      }
      assertThat(own / 4000.0).isCloseTo(p, within(p == 0.2 ? 0.02 : 0));
      assertThat(Arrays.stream(drawn).average().orElseThrow()).isCloseTo(0.5, within(0.02));
      assertThat(Arrays.stream(drawn).allMatch(u -> u >= 0 && u <= 1)).isTrue();
    }
  }

  @Test
  void aBatchDecidesAsOneWhereItIsToldTo() {
    TimestepSampler sampler =
        new TimestepSampler(new TimestepSampler.Uniform(), 0.5, TimestepSampler.Decided.BATCH);
    int own = 0;
    for (int seed = 0; seed < 200; seed++) {
      double[] drawn;
      try (RandomStream random = new RandomStreams(seed).stream("levels")) {
        drawn = Scopes.value(() -> Tensors.toDoubles(sampler.draw(COSINE, random, 6, 4)));
      }
      int shared = 0;
      for (int clip = 0; clip < 6; clip++) {
        shared += shared(drawn, clip, 4) ? 1 : 0;
      }
      assertThat(shared).as("seed %d", seed).isIn(0, 6);
      own += shared == 0 ? 1 : 0;
      // Clips do not share levels with each other either way.
      assertThat(drawn[0]).as("seed %d", seed).isNotEqualTo(drawn[4]);
    }
    assertThat(own / 200.0).isCloseTo(0.5, within(0.12));
  }

  @Test
  void logitNormalHasItsQuantiles() {
    double[] drawn =
        draw(new TimestepSampler(new TimestepSampler.LogitNormal(0.4, 0.8), 1), 1000, 20);
    Arrays.sort(drawn);
    assertThat(drawn[10000]).isCloseTo(1 / (1 + Math.exp(-0.4)), within(0.01));
    // One standard deviation up is the 84.13 % quantile.
    assertThat(drawn[16827]).isCloseTo(1 / (1 + Math.exp(-1.2)), within(0.01));
  }

  @Test
  void edmsDensityIsLogNormalInSigma() {
    NoiseSchedule karras = NoiseSchedule.karras();
    double[] drawn =
        draw(
            karras,
            new TimestepSampler(new TimestepSampler.LogNormalSigma(-1.2, 1.2), 1),
            1000,
            20);
    double[] log = Arrays.stream(drawn).map(u -> Math.log(karras.sigma(u))).toArray();
    double mean = Arrays.stream(log).average().orElseThrow();
    double variance = Arrays.stream(log).map(x -> (x - mean) * (x - mean)).average().orElseThrow();
    assertThat(mean).isCloseTo(-1.2, within(0.04));
    assertThat(Math.sqrt(variance)).isCloseTo(1.2, within(0.04));
  }

  @Test
  void badProbabilitiesAreRefused() {
    assertThatThrownBy(() -> new TimestepSampler(new TimestepSampler.Uniform(), 1.1))
        .hasMessageContaining("[0, 1]");
    assertThatThrownBy(() -> new TimestepSampler.LogitNormal(0, 0)).hasMessageContaining("std");
  }

  /**
   * Hang et al. 2023: min(snr, 5) on x0, min(snr, 5) / snr on eps, min(snr, 5) / (snr + 1) on v.
   */
  @Test
  void minSnrInEveryPrediction() {
    LossWeight weight = new LossWeight.MinSnr(5);
    for (double u : new double[] {0.05, 0.2, 0.3, 0.5, 0.8, 0.97}) {
      NoiseLevel level = COSINE.at(u);
      double snr = level.snr();
      double capped = Math.min(snr, 5);
      assertThat(weight.weight(level, Prediction.X0)).isCloseTo(capped, within(1e-9 * capped));
      assertThat(weight.weight(level, Prediction.EPS))
          .isCloseTo(capped / snr, within(1e-9 * capped / snr));
      assertThat(weight.weight(level, Prediction.V)).isCloseTo(capped / (snr + 1), within(1e-9));
    }
  }

  @Test
  void sigmoidAndSnr() {
    NoiseLevel level = COSINE.at(0.4);
    double logSnr = level.logSnr();
    assertThat(new LossWeight.Sigmoid(2).weight(level, Prediction.EPS))
        .isCloseTo(1 / (1 + Math.exp(logSnr - 2)), within(1e-12));
    assertThat(new LossWeight.Snr().weight(level, Prediction.X0))
        .isCloseTo(level.snr(), within(1e-9));
    assertThat(new LossWeight.Snr().weight(level, Prediction.EPS)).isCloseTo(1, within(1e-12));
    assertThat(new LossWeight.Constant().weight(level, Prediction.FLOW)).isEqualTo(1);
  }

  /** A weight means the same whatever is predicted: weight times squared error is one number. */
  @Test
  void weightsAreConsistentAcrossPredictions() {
    for (LossWeight weight :
        List.of(new LossWeight.Snr(), new LossWeight.MinSnr(5), new LossWeight.Sigmoid(-1))) {
      for (NoiseSchedule schedule : NoiseScheduleTest.all().toList()) {
        for (double u : new double[] {0.02, 0.3, 0.6, 0.98}) {
          NoiseLevel level = schedule.at(u);
          double inEps = weight.weight(level, Prediction.EPS);
          for (Prediction prediction : PredictionTest.ALL) {
            // An error of 1 in the raw output is an error of this much in eps.
            double eps = prediction.eps(level).second();
            double expected = inEps * eps * eps;
            assertThat(weight.weight(level, prediction))
                .isCloseTo(expected, within(1e-8 * expected + 1e-300));
          }
        }
      }
    }
  }

  @Test
  void weightsAreFiniteAtTheEndsWhereTheyCanBe() {
    for (NoiseSchedule schedule : NoiseScheduleTest.all().toList()) {
      for (double u : new double[] {0, 1}) {
        NoiseLevel level = schedule.at(u);
        for (Prediction prediction : PredictionTest.ALL) {
          assertThat(new LossWeight.MinSnr(5).weight(level, prediction)).isFinite();
          assertThat(new LossWeight.Sigmoid(2).weight(level, prediction)).isFinite();
          assertThat(new LossWeight.Constant().weight(level, prediction)).isEqualTo(1);
        }
        assertThat(new LossWeight.Snr().weight(level, Prediction.V)).isFinite();
      }
    }
  }

  @Test
  void weightsBroadcastOverTheVideo() {
    try (PointerScope scope = new PointerScope()) {
      Tensor z = Tensors.zeros(2, 3, 4, 2, 2);
      Levels levels = COSINE.levels(Tensors.of(new double[] {0.2, 0.5, 0.5, 0.9}, 1, 4), z);
      Tensor weights = new LossWeight.MinSnr(5).weights(levels, Prediction.V, z);
      assertThat(Tensors.shape(weights)).containsExactly(2, 1, 4, 1, 1);
    }
  }
}
