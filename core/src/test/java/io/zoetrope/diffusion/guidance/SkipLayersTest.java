package io.zoetrope.diffusion.guidance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import io.zoetrope.diffusion.Denoiser;
import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.Prediction;
import io.zoetrope.diffusion.Sight;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SkipLayersTest {
  private static final double W = 4;
  private static final double LESS = 0.25;
  private static final double[] LEVELS = {1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0};

  /** Rows of the batch, and frames of each that left block 1 out, by the order of the calls. */
  private final List<List<String>> asked = new ArrayList<>();

  /** Says its pooled text everywhere; frames that leave block 1 out say a quarter of that. */
  private X0Denoiser network() {
    Denoiser network =
        (z, t_BF, told) -> {
          Tensor said_BC111 =
              told.get(Conditioning.POOLED).orElseThrow().reshape(z.size(0), 1, 1, 1, 1);
          Tensor answer = said_BC111.expand(Tensors.shape(z)).to(z.scalar_type());
          List<String> rows = new ArrayList<>();
          Optional<Tensor> left = told.get(Conditioning.LEFT_OUT);
          for (long b = 0; b < z.size(0); b++) {
            StringBuilder row = new StringBuilder();
            for (long f = 0; f < z.size(2); f++) {
              boolean out =
                  left.isPresent()
                      && left.get().select(0, b).select(0, f).select(0, 1).item_float() != 0;
              assertThat(left.isPresent() && left.get().size(2) != 2).isFalse();
              row.append(out ? '-' : 'x');
            }
            rows.add(row.toString());
          }
          asked.add(rows);
          if (left.isPresent()) {
            Tensor out_BF = left.get().select(2, 1);
            Tensor part =
                Ops.add(Ops.mul(out_BF, LESS - 1), 1)
                    .reshape(z.size(0), 1, z.size(2), 1, 1)
                    .to(z.scalar_type());
            answer = answer.mul(part);
          }
          return answer;
        };
    return X0Denoiser.of(network, NoiseSchedule.flow(1), Prediction.X0);
  }

  private static Conditioning said(double value) {
    return Conditioning.none().withPooled(Tensors.full(value, 1, 1));
  }

  private double[] frames(double w, Optional<SkipLayers> skip, double... u_F) {
    return frames(w, 1, skip, u_F);
  }

  /** What each frame of a clip becomes, of a prompt that says 2 and another that says 1. */
  private double[] frames(double w, double calm, Optional<SkipLayers> skip, double... u_F) {
    asked.clear();
    return Scopes.value(() -> {
      X0Denoiser guided =
          new ClassifierFreeGuidance(
              network(),
              said(1),
              GuidanceScale.constant(w),
              GuidanceScale.constant(calm),
              0,
              Optional.empty(),
              skip.map(s -> s.down(LEVELS)),
              false,
              Sight.whole());
      Tensor z = new RandomStreams(1).stream("z").normal(1, 1, u_F.length, 2, 2);
      Tensor made = guided.x0(z.to(ScalarType.Double), Tensors.of(u_F, 1, u_F.length), said(2));
      return Tensors.toDoubles(made.select(3, 0).select(3, 0).reshape(-1));
    });
  }

  private static Optional<SkipLayers> one() {
    return Optional.of(SkipLayers.of(1));
  }

  @Test
  void whatIsLedAwayFromLeavesBlocksOutForSomeSteps() {
    // Steps 1 to 7 of ten.
    for (int step = 0; step < 10; step++) {
      double u = LEVELS[step];
      double[] made = frames(W, one(), u, u);
      boolean within = step >= 1 && step < 8;
      double away = within ? LESS : 1;
      assertThat(made).containsExactly(away + W * (2 - away), away + W * (2 - away));
      assertThat(asked).hasSize(1);
      assertThat(asked.getFirst()).containsExactly("xx", within ? "--" : "xx");
      if (!within) {
        assertThat(made).containsExactly(frames(W, Optional.empty(), u, u));
      }
    }
  }

  @Test
  void eachFrameByItsOwnLevel() {
    double[] made = frames(W, one(), 1, 0.5, 0.1);
    assertThat(asked).containsExactly(List.of("xxx", "x-x"));
    assertThat(made).containsExactly(5, LESS + W * (2 - LESS), 5);
  }

  @Test
  void cleanFramesDoAsTheOthers() {
    frames(W, one(), 0, 0.5, 0.5);
    assertThat(asked).containsExactly(List.of("xxx", "---"));
    frames(W, one(), 0, 0.5, 1);
    assertThat(asked).containsExactly(List.of("xxx", "x-x"));
    frames(W, one(), 0, 0);
    assertThat(asked).containsExactly(List.of("xx", "xx"));
  }

  @Test
  void withAScaleOnePassMoreOfThePromptLeavesThemOut() {
    Optional<SkipLayers> scaled = one().map(s -> s.scaled(3));
    double[] made = frames(W, scaled, 1, 0.9);
    // Of ten steps 0.01 until 0.2 is the second.
    assertThat(asked).containsExactly(List.of("xx", "xx"), List.of("x-"));
    assertThat(made).containsExactly(5, 5 + 3 * (2 - 2 * LESS));
    // Also where guidance is off: the conditional branch alone, and without.
    made = frames(1, scaled, 1, 0.9);
    assertThat(asked).containsExactly(List.of("xx"), List.of("x-"));
    assertThat(made).containsExactly(2, 2 + 3 * (2 - 2 * LESS));
    made = frames(W, scaled, 0.5, 0.5);
    assertThat(asked).hasSize(1);
    assertThat(made).containsExactly(frames(W, Optional.empty(), 0.5, 0.5));
  }

  @Test
  void guidanceThatIsOffAsksForNothing() {
    assertThat(frames(1, one(), 0.5)).containsExactly(2);
    assertThat(asked).containsExactly(List.of("x"));
    assertThat(frames(0, one(), 0.5)).containsExactly(LESS);
    assertThat(asked).containsExactly(List.of("-"));
  }

  /** The pass of frames by themselves, too, leads away from the network without. */
  @Test
  void besideTemporalGuidance() {
    assertThat(frames(W, 2, one(), 0.5)[0]).isCloseTo(LESS + W * (2 - LESS), offset(1e-12));
    assertThat(asked).containsExactly(List.of("x", "-"), List.of("-"));
  }

  @Test
  void inABatchEachClipByItsLevels() {
    Scopes.run(() -> {
      X0Denoiser guided =
          new ClassifierFreeGuidance(
              network(),
              said(1),
              GuidanceScale.constant(W),
              GuidanceScale.constant(1),
              0,
              Optional.empty(),
              one().map(s -> s.down(LEVELS)),
              false,
              Sight.whole());
      guided.x0(
          Tensors.zeros(2, 1, 2, 2, 2), Tensors.of(new double[] {1, 1, 0.5, 0.5}, 2, 2), said(2));
      assertThat(asked).containsExactly(List.of("xx", "xx", "xx", "--"));
    });
  }

  @Test
  void allStepsAreFromNoneUntilAll() {
    SkipLayers all =
        new SkipLayers(List.of(1), Optional.of(0.0), Optional.of(1.0), Optional.empty());
    for (double u : Arrays.copyOf(LEVELS, 10)) {
      frames(W, Optional.of(all), u);
      assertThat(asked).as("at %s", u).containsExactly(List.of("x", "-"));
    }
  }

  private static SkipLayers bad(String which) {
    Optional<Double> none = Optional.empty();
    return switch (which) {
      case "none: name some" -> new SkipLayers(List.of(), none, none, none);
      case "blocks must be 0 to 999" -> SkipLayers.of(-1);
      case "named twice" -> SkipLayers.of(3, 4, 3);
      case "from must be 0 to 1" -> new SkipLayers(List.of(1), Optional.of(-0.1), none, none);
      case "until must be 0 to 1" -> new SkipLayers(List.of(1), none, Optional.of(1.1), none);
      case "not from 0.5 until 0.5" ->
          new SkipLayers(List.of(1), Optional.of(0.5), Optional.of(0.5), none);
      case "not from 0.3 until 0.2" ->
          new SkipLayers(List.of(1), Optional.of(0.3), none, Optional.of(3.0));
      default -> new SkipLayers(List.of(1), none, none, Optional.of(Double.NaN));
    };
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "none: name some",
        "blocks must be 0 to 999",
        "named twice",
        "from must be 0 to 1",
        "until must be 0 to 1",
        "not from 0.5 until 0.5",
        "not from 0.3 until 0.2",
        "scale must be 0.01 to 100",
      })
  void badNumbersAreRefused(String which) {
    assertThatThrownBy(() -> bad(which)).isInstanceOf(UserError.class).hasMessageContaining(which);
  }

  @Test
  void aPartOfNoStepIsRefused() {
    assertThatThrownBy(() -> SkipLayers.of(1).scaled(3).down(new double[] {1, 0}))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("from 0.01 until 0.2 of the steps, which is none of 1");
  }
}
