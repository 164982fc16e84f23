package io.zoetrope.diffusion.guidance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.Prediction;
import io.zoetrope.diffusion.PromptTrack;
import io.zoetrope.diffusion.Sight;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.diffusion.guidance.DynamicThresholding.Over;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GuidanceTest {
  private static final NoiseSchedule SCHEDULE = NoiseSchedule.cosine();

  private PointerScope scope = new PointerScope();
  private final List<Long> batches = new ArrayList<>();
  private Tensor z = Tensors.zeros(1);
  private Tensor u_BF = Tensors.zeros(1);
  private Conditioning positive = Conditioning.none();
  private Conditioning negative = Conditioning.none();

  /** A network that answers tanh(z) times its conditioning, so that branches differ. */
  private final X0Denoiser base =
      X0Denoiser.of(
          (input, told, c) -> {
            batches.add(input.size(0));
            return input.tanh().mul(c.get(Conditioning.POOLED).orElseThrow().view(-1, 1, 1, 1, 1));
          },
          SCHEDULE,
          Prediction.V);

  @BeforeEach
  void open() {
    scope = new PointerScope();
    try (RandomStream stream = new RandomStreams(6).stream("z")) {
      z = stream.normal(2, 3, 4, 5, 5);
    }
    u_BF = Tensors.of(new double[] {0.1, 0.4, 0.6, 0.9}, 1, 4);
    positive = pooled(0.9f, 0.8f);
    negative = pooled(-0.3f);
  }

  @AfterEach
  void close() {
    scope.close();
  }

  private static Conditioning pooled(float... values) {
    return Conditioning.none().withPooled(Tensors.of(values, values.length, 1));
  }

  private static void assertClose(Tensor a, Tensor b, double tolerance) {
    assertThat(a.sub(b).abs().max().item_double()).isCloseTo(0, within(tolerance));
  }

  private static byte[] bytes(Tensor x) {
    return Tensors.toBytes(x);
  }

  @Test
  void scaleOneIsOffAndCostsNothing() {
    Tensor plain = base.x0(z, u_BF, positive);
    batches.clear();
    Tensor guided = new ClassifierFreeGuidance(base, negative, 1).x0(z, u_BF, positive);
    assertThat(bytes(guided)).isEqualTo(bytes(plain));
    assertThat(batches).containsExactly(2L);
  }

  @Test
  void scaleZeroIsTheNegativeBranchAlone() {
    Tensor plain = base.x0(z, u_BF, negative.expand(2));
    batches.clear();
    Tensor guided = new ClassifierFreeGuidance(base, negative, 0).x0(z, u_BF, positive);
    assertThat(bytes(guided)).isEqualTo(bytes(plain));
    assertThat(batches).containsExactly(2L);
  }

  @Test
  void bothBranchesAreOneForwardPass() {
    Tensor c = base.x0(z, u_BF, positive);
    Tensor n = base.x0(z, u_BF, negative.expand(2));
    batches.clear();
    Tensor guided = new ClassifierFreeGuidance(base, negative, 7.5).x0(z, u_BF, positive);
    assertThat(batches).containsExactly(4L);
    Tensor seven = Tensors.full(7.5, 1);
    assertClose(guided, n.add(c.sub(n).mul(seven)), 1e-5);
    // VDM's form of the same, with w = 6.5: (1 + w) c - w n.
    assertClose(guided, c.mul(Tensors.full(7.5, 1)).sub(n.mul(Tensors.full(6.5, 1))), 1e-5);
  }

  @Test
  void branchesApartAreTwoPassesAndTheSame() {
    for (double rescale : new double[] {0, 0.7}) {
      for (double calm : new double[] {1, 1.5}) {
        List<Tensor> made = new ArrayList<>();
        for (boolean apart : new boolean[] {false, true}) {
          batches.clear();
          X0Denoiser guided =
              new ClassifierFreeGuidance(
                  alone(),
                  negative,
                  GuidanceScale.constant(7.5),
                  GuidanceScale.constant(calm),
                  rescale,
                  Optional.empty(),
                  Optional.empty(),
                  apart,
                  Sight.whole());
          made.add(guided.x0(z, u_BF, positive));
          List<Long> passes = new ArrayList<>(apart ? List.of(2L, 2L) : List.of(4L));
          if (calm != 1) {
            passes.add(2L);
          }
          assertThat(batches).isEqualTo(passes);
        }
        assertClose(made.getFirst(), made.getLast(), 1e-5);
      }
    }
  }

  /** What each branch makes must not hang on the other: the base, told groups or not. */
  private X0Denoiser alone() {
    return X0Denoiser.of(
        (input, t, c) -> {
          batches.add(input.size(0));
          Tensor said = c.get(Conditioning.POOLED).orElseThrow().view(-1, 1, 1, 1, 1);
          boolean groups = c.get(Conditioning.FRAME_GROUPS).isPresent();
          return groups ? input.sin().mul(said) : input.tanh().mul(said);
        },
        SCHEDULE,
        Prediction.V);
  }

  @Test
  void theIntervalIsPerFrame() {
    GuidanceScale scale = GuidanceScale.constant(4).within(GuidanceScale.levels(0.3, 0.7));
    Tensor plain = base.x0(z, u_BF, positive);
    Tensor everywhere = new ClassifierFreeGuidance(base, negative, 4).x0(z, u_BF, positive);
    Tensor guided = new ClassifierFreeGuidance(base, negative, scale, 0).x0(z, u_BF, positive);
    for (int f : new int[] {0, 3}) {
      assertThat(bytes(guided.select(2, f))).isEqualTo(bytes(plain.select(2, f)));
    }
    for (int f : new int[] {1, 2}) {
      assertThat(bytes(guided.select(2, f))).isEqualTo(bytes(everywhere.select(2, f)));
      assertThat(bytes(guided.select(2, f))).isNotEqualTo(bytes(plain.select(2, f)));
    }
    batches.clear();
    new ClassifierFreeGuidance(base, negative, scale, 0)
        .x0(z, Tensors.of(new double[] {0.9}, 1), positive);
    assertThat(batches).as("no negative branch where nothing is guided").containsExactly(2L);
    GuidanceScale bySnr =
        GuidanceScale.constant(4)
            .within(GuidanceScale.logSnrs(SCHEDULE.logSnr(0.7), SCHEDULE.logSnr(0.3)));
    assertThat(bytes(new ClassifierFreeGuidance(base, negative, bySnr, 0).x0(z, u_BF, positive)))
        .isEqualTo(bytes(guided));
  }

  @Test
  void theScaleMayRunOverTheFrames() {
    Tensor guided =
        new ClassifierFreeGuidance(base, negative, GuidanceScale.overFrames(1, 3), 0)
            .x0(z, u_BF, positive);
    Tensor last = new ClassifierFreeGuidance(base, negative, 3).x0(z, u_BF, positive);
    assertThat(bytes(guided.select(2, 0)))
        .isEqualTo(bytes(base.x0(z, u_BF, positive).select(2, 0)));
    assertThat(bytes(guided.select(2, 3))).isEqualTo(bytes(last.select(2, 3)));
  }

  @Test
  void rescaleBringsTheDeviationBack() {
    Tensor c = base.x0(z, u_BF, positive);
    Tensor plain = new ClassifierFreeGuidance(base, negative, 6).x0(z, u_BF, positive);
    GuidanceScale six = GuidanceScale.constant(6);
    assertThat(bytes(new ClassifierFreeGuidance(base, negative, six, 0).x0(z, u_BF, positive)))
        .isEqualTo(bytes(plain));
    Tensor full = new ClassifierFreeGuidance(base, negative, six, 1).x0(z, u_BF, positive);
    Tensor some = new ClassifierFreeGuidance(base, negative, six, 0.7).x0(z, u_BF, positive);
    long[] within = {1, 3, 4};
    assertClose(full.std(within, false, true), c.std(within, false, true), 1e-5);
    assertClose(some, full.mul(Tensors.full(0.7, 1)).add(plain.mul(Tensors.full(0.3, 1))), 1e-5);
    // Where guidance is off, so is the rescaling.
    assertThat(
            bytes(
                new ClassifierFreeGuidance(base, negative, GuidanceScale.constant(1), 1)
                    .x0(z, u_BF, positive)))
        .isEqualTo(bytes(c));
  }

  @Test
  void dynamicThresholding() {
    X0Denoiser wide = X0Denoiser.of((input, told, c) -> input, SCHEDULE, Prediction.X0);
    double[] values = new double[100];
    for (int i = 0; i < 100; i++) {
      values[i] = (i + 1) / 25.0 * (i % 2 == 0 ? 1 : -1);
    }
    Tensor x = Tensors.of(values, 1, 1, 1, 10, 10);
    Tensor t0 = Tensors.of(new double[] {0.5}, 1);
    double[] got =
        Tensors.toDoubles(new DynamicThresholding(wide, 0.75).x0(x, t0, Conditioning.none()));
    // The 75th of 100 sizes is 3.
    for (int i = 0; i < 100; i++) {
      assertThat(got[i]).isCloseTo(Math.clamp(values[i], -3, 3) / 3, within(1e-12));
    }
    // Within [-1, 1] nothing happens.
    Tensor small = Tensors.of(new double[] {-1, 0.5, 0.2, 1}, 1, 1, 1, 2, 2);
    assertThat(bytes(new DynamicThresholding(wide).x0(small, t0, Conditioning.none())))
        .isEqualTo(bytes(small));
  }

  /** One threshold for a clip, or one for each frame; a cap leaves more to be clipped. */
  @Test
  void thresholdsReachOverClipsOrFrames() {
    X0Denoiser wide = X0Denoiser.of((input, told, c) -> input, SCHEDULE, Prediction.X0);
    Tensor x = Tensors.of(new double[] {4, -2, 1, 0.5}, 1, 1, 2, 1, 2);
    Tensor t0 = Tensors.of(new double[] {0.5}, 1);
    for (Over over : Over.values()) {
      for (Optional<Double> cap : List.of(Optional.<Double>empty(), Optional.of(1.5))) {
        double[] got =
            Tensors.toDoubles(
                new DynamicThresholding(wide, new DynamicThresholding.Bound(1, cap, over))
                    .x0(x, t0, Conditioning.none()));
        double first = cap.orElse(4.0);
        double second = over == Over.CLIP ? first : 1;
        assertThat(got)
            .containsExactly(
                new double[] {
                  Math.min(4, first) / first, -Math.min(2, first) / first, 1 / second, 0.5 / second
                },
                within(1e-6));
      }
    }
  }

  /**
   * Frames count their own steps; levels between two of sampling belong to the step that begins.
   */
  @Test
  void oscillatingGuidanceCountsSteps() {
    double[] levels = {1, 0.8, 0.6, 0.4, 0.2, 0};
    GuidanceScale scale = GuidanceScale.constant(9).oscillating(2, levels);
    double[] at = {1, 0.8, 0.7, 0.6, 0.5, 0.4, 0.2, 0.1};
    double[] wanted = {9, 9, 9, 1, 1, 9, 1, 1};
    for (int i = 0; i < at.length; i++) {
      assertThat(scale.at(SCHEDULE.at(at[i]), 3, 8)).as("at %s", at[i]).isEqualTo(wanted[i]);
    }
    assertThat(GuidanceScale.constant(9).oscillating(5, levels).at(SCHEDULE.at(0.2), 0, 1))
        .isEqualTo(9);
  }

  @Test
  void guidancesCompose() {
    X0Denoiser guided = new ClassifierFreeGuidance(base, negative, 9);
    Tensor x0 = new DynamicThresholding(guided).x0(z, u_BF, positive);
    assertThat(x0.abs().max().item_double()).isLessThanOrEqualTo(1 + 1e-6);
    assertThat(guided.x0(z, u_BF, positive).abs().max().item_double()).isGreaterThan(1);
    // Guidance of guidance: two negatives, one after the other.
    X0Denoiser twice = new ClassifierFreeGuidance(guided, pooled(0.5f), 2);
    Tensor once = guided.x0(z, u_BF, positive);
    Tensor other = guided.x0(z, u_BF, pooled(0.5f, 0.5f));
    assertClose(
        twice.x0(z, u_BF, positive), other.add(once.sub(other).mul(Tensors.full(2, 1))), 1e-4);
  }

  @Test
  void blendedPromptsAddUp() {
    double[][] weight = {{1, 0}, {0.75, 0.25}, {0.5, 0.5}, {0, 1}};
    Conditioning other = pooled(-0.2f, 0.1f);
    Tensor first = base.x0(z, u_BF, positive);
    Tensor second = base.x0(z, u_BF, other);
    Tensor blend =
        new PromptBlend(base, List.of(positive, other), Sight.of(0, PromptTrack.of(weight)))
            .x0(z, u_BF, Conditioning.none());
    assertThat(bytes(blend.select(2, 0))).isEqualTo(bytes(first.select(2, 0)));
    assertThat(bytes(blend.select(2, 3))).isEqualTo(bytes(second.select(2, 3)));
    for (int f : new int[] {1, 2}) {
      Tensor wanted =
          first
              .select(2, f)
              .mul(Tensors.full(weight[f][0], 1))
              .add(second.select(2, f).mul(Tensors.full(weight[f][1], 1)));
      assertClose(blend.select(2, f), wanted, 1e-6);
    }
  }

  @Test
  void badSettingsAreRefused() {
    assertThatThrownBy(() -> GuidanceScale.constant(Double.NaN)).hasMessageContaining("finite");
    assertThatThrownBy(
            () -> new ClassifierFreeGuidance(base, negative, GuidanceScale.constant(1), 2))
        .hasMessageContaining("[0, 1]");
    assertThatThrownBy(() -> new DynamicThresholding(base, 0)).hasMessageContaining("0.5 to 1");
    assertThatThrownBy(() -> GuidanceScale.levels(0.7, 0.3)).hasMessageContaining("runs up");
  }
}
