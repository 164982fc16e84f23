package io.zoetrope.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.zoetrope.error.UserError;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Tensors;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PredictionTest {
  static final List<Prediction> ALL =
      List.of(
          Prediction.EPS,
          Prediction.X0,
          Prediction.V,
          Prediction.FLOW,
          Prediction.EDM,
          Prediction.edm(1.3));

  static Stream<Arguments> everyPair() {
    return ALL.stream()
        .flatMap(prediction ->
            NoiseScheduleTest.all().map(schedule -> Arguments.of(prediction, schedule)));
  }

  private static Tensor normal(String name) {
    try (RandomStream stream = new RandomStreams(8).stream(name)) {
      return stream.normal(2, 3, 4, 2, 2).to(ScalarType.Double);
    }
  }

  private static Tensor levels(double low, double high) {
    try (RandomStream stream = new RandomStreams(8).stream("t")) {
      double[] u = Tensors.toDoubles(stream.uniform(2, 4));
      for (int i = 0; i < u.length; i++) {
        u[i] = low + (high - low) * u[i];
      }
      return Tensors.of(u, 2, 4);
    }
  }

  private static void assertClose(Tensor a, Tensor b, double tolerance) {
    assertThat(a.sub(b).abs().max().item_double()).isCloseTo(0, within(tolerance));
  }

  @ParameterizedTest
  @MethodSource("everyPair")
  void roundTripsAtRandomLevels(Prediction prediction, NoiseSchedule schedule) {
    try (PointerScope scope = new PointerScope()) {
      Tensor x0 = normal("x0");
      Tensor eps = normal("eps");
      Tensor u_BF = levels(0.02, 0.98);
      Tensor z = schedule.noisyInput(x0, eps, u_BF);
      Levels levels = schedule.levels(u_BF, z);
      Tensor raw = prediction.from(x0, eps, levels);
      assertClose(prediction.toX0(raw, z, levels), x0, 1e-11);
      assertClose(prediction.toEps(raw, z, levels), eps, 1e-11);
      for (Prediction other : ALL) {
        Tensor there = prediction.convert(raw, z, levels, other);
        assertClose(there, other.from(x0, eps, levels), 1e-10);
        assertClose(other.convert(there, z, levels, prediction), raw, 1e-10);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("everyPair")
  void theEndsAreFinite(Prediction prediction, NoiseSchedule schedule) {
    try (PointerScope scope = new PointerScope()) {
      Tensor x0 = normal("x0").to(ScalarType.Float);
      Tensor eps = normal("eps").to(ScalarType.Float);
      Tensor u_BF = Tensors.of(new double[] {0, 1, 0, 1}, 1, 4);
      Tensor z = schedule.noisyInput(x0, eps, u_BF);
      Levels levels = schedule.levels(u_BF, z);
      Tensor raw = prediction.from(x0, eps, levels);
      for (Tensor result :
          List.of(raw, prediction.toX0(raw, z, levels), prediction.toEps(raw, z, levels))) {
        for (float value : Tensors.toFloats(result)) {
          assertThat(value).isFinite();
        }
      }
      // Clean frames give back their content and noisy ones their noise.
      Tensor clean = prediction.toX0(raw, z, levels).select(2, 0);
      assertClose(clean, x0.select(2, 0), 2e-3);
      if (schedule.sigma(1) > 0 && schedule.alpha(1) < 0.5) {
        Tensor noise = prediction.toEps(raw, z, levels).select(2, 1);
        assertClose(noise, eps.select(2, 1), 2e-3);
      }
    }
  }

  @Test
  void definitions() {
    try (PointerScope scope = new PointerScope()) {
      NoiseSchedule schedule = NoiseSchedule.cosine();
      Tensor x0 = normal("x0");
      Tensor eps = normal("eps");
      Tensor u_BF = Tensors.of(new double[] {0.3}, 1);
      Levels levels = schedule.levels(u_BF, x0);
      Tensor a = levels.coefficient(NoiseLevel::alpha, x0);
      Tensor s = levels.coefficient(NoiseLevel::sigma, x0);
      assertClose(Prediction.V.from(x0, eps, levels), eps.mul(a).sub(x0.mul(s)), 1e-14);
      assertClose(Prediction.FLOW.from(x0, eps, levels), eps.sub(x0), 1e-14);
      assertThat(Prediction.EPS.inputScale(schedule.at(0.3))).isEqualTo(1);
    }
  }

  /** Karras et al. 2022, table 1. */
  @Test
  void edmIsThePapersPreconditioning() {
    double sigma = 1.7;
    double data = 0.5;
    NoiseLevel level = new NoiseLevel(0.5, 1, sigma);
    double skip = data * data / (sigma * sigma + data * data);
    double out = sigma * data / Math.sqrt(sigma * sigma + data * data);
    double in = 1 / Math.sqrt(sigma * sigma + data * data);
    assertThat(Prediction.EDM.x0(level).first()).isCloseTo(skip, within(1e-15));
    assertThat(Prediction.EDM.x0(level).second()).isCloseTo(out, within(1e-15));
    assertThat(Prediction.EDM.inputScale(level)).isCloseTo(in, within(1e-15));
    // The target has unit variance when the data have sigmaData's.
    Prediction.Mix target = Prediction.EDM.target(level);
    assertThat(Math.hypot(target.first() * data, target.second())).isCloseTo(1, within(1e-15));
  }

  @Test
  void byName() {
    assertThat(Prediction.of("v_prediction")).isEqualTo(Prediction.V);
    assertThat(Prediction.of("flow")).isEqualTo(Prediction.FLOW);
    assertThatThrownBy(() -> Prediction.of("velocity"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("eps, x0, v, flow, edm");
  }
}
