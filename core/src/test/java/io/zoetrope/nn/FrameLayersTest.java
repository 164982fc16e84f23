package io.zoetrope.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.torch.Autograd;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;

/** Layers over time, and those that Stable Diffusion's blocks add, against sums by hand. */
class FrameLayersTest {
  private static Tensor normal(String name, long... shape) {
    try (RandomStream stream = new RandomStreams(8).stream(name)) {
      return stream.normal(shape);
    }
  }

  private static Parameters place(Map<String, Tensor> weights) {
    return ParameterStore.forInference(weights, Precision.F32).root();
  }

  private static Parameters fresh() {
    return ParameterStore.forTraining(Map.of(), new RandomStreams(1), Precision.F32).root();
  }

  @Test
  void aFrameConvIsASumOverNeighbours() {
    Scopes.run(() -> {
      Map<String, Tensor> weights = new TreeMap<>();
      weights.put("weight", normal("w", 3, 2, 5, 1, 1));
      weights.put("bias", normal("b", 3));
      FrameConv conv = FrameConv.of(place(weights), 2, 3, 5, Init.ZEROS);
      for (int frames : new int[] {1, 2, 4, 7}) {
        Tensor x = normal("x" + frames, 2, frames, 3, 2);
        float[] reach = new float[2 * frames * 5];
        for (int i = 0; i < reach.length; i++) {
          reach[i] = i * 7 % 3 == 0 ? 0 : 1;
        }
        Tensor given = Tensors.of(reach, 2, frames, 5);
        Tensor all = conv.forward(x, Optional.empty());
        Tensor some = conv.forward(x, Optional.of(given));
        for (int b = 0; b < 2; b++) {
          for (int f = 0; f < frames; f++) {
            Tensor sum = get(weights, "bias").expand(3, 3).clone();
            Tensor masked = sum.clone();
            for (int k = 0; k < 5; k++) {
              int g = f + k - 2;
              if (g >= 0 && g < frames) {
                Tensor w = get(weights, "weight").select(4, 0).select(3, 0).select(2, k);
                Tensor part = x.select(0, b).select(0, g).matmul(w.t());
                sum = sum.add(part);
                masked = reach[(b * frames + f) * 5 + k] == 1 ? masked.add(part) : masked;
              }
            }
            assertThat(distance(all.select(0, b).select(0, f), sum)).isLessThan(1e-5);
            assertThat(distance(some.select(0, b).select(0, f), masked)).isLessThan(1e-5);
          }
        }
      }
    });
  }

  @Test
  void aFreshPartnerIsTheIdentityToTheBit() {
    Scopes.run(() -> {
      Tensor x = normal("x", 2, 5, 4, 8);
      Tensor y = FrameConv.identity(fresh(), 8, 3).forward(x, Optional.empty());
      assertThat(Tensors.toBytes(y)).isEqualTo(Tensors.toBytes(x));
    });
  }

  @Test
  void nearDistancesHaveBucketsOfTheirOwnAndFarOnesShare() {
    RelativeBias bias = RelativeBias.of(fresh(), 16, 16, 2);
    // 8 on each side: 0 to 3 alone, the rest in four steps of a factor of the root of 2.
    assertThat(bias.bucket(0)).isZero();
    assertThat(bias.bucket(-1)).isEqualTo(1);
    assertThat(bias.bucket(-3)).isEqualTo(3);
    assertThat(bias.bucket(-4)).isEqualTo(4);
    assertThat(bias.bucket(-5)).isEqualTo(4);
    assertThat(bias.bucket(-6)).isEqualTo(5);
    assertThat(bias.bucket(-8)).isEqualTo(6);
    assertThat(bias.bucket(-12)).isEqualTo(7);
    assertThat(bias.bucket(-16)).isEqualTo(7);
    assertThat(bias.bucket(-1000)).isEqualTo(7);
    for (int d = 1; d < 40; d++) {
      assertThat(bias.bucket(d)).as("distance %d", d).isEqualTo(8 + bias.bucket(-d));
      assertThat(bias.bucket(d)).as("distance %d", d).isLessThan(16);
    }
    assertThatThrownBy(() -> RelativeBias.of(fresh(), 15, 16, 2)).hasMessageContaining("15");
    assertThatThrownBy(() -> RelativeBias.of(fresh(), 16, 4, 2)).hasMessageContaining("4");
  }

  @Test
  void theBiasIsReadByTheDistanceOfMoments() {
    Scopes.run(() -> {
      Tensor table = normal("table", 16, 2);
      RelativeBias bias = RelativeBias.of(place(Map.of("weight", table)), 16, 16, 2);
      float[] times = {0, 2, 3};
      Tensor between = bias.between(times);
      assertThat(Tensors.shape(between)).containsExactly(2, 3, 3);
      for (int i = 0; i < 3; i++) {
        for (int j = 0; j < 3; j++) {
          int row = bias.bucket(times[j] - times[i]);
          for (int h = 0; h < 2; h++) {
            assertThat(between.select(0, h).select(0, i).select(0, j).item_float())
                .isEqualTo(table.select(0, row).select(0, h).item_float());
          }
        }
      }
    });
  }

  @Test
  void attentionOverFramesIsAttentionOfEachPlace() {
    Scopes.run(() -> {
      Attention attention = Attention.self(fresh(), 8, 2, Init.xavier());
      Tensor x = normal("x", 2, 5, 3, 8);
      Tensor y = attention.overFrames(x, Optional.empty());
      for (int n = 0; n < 3; n++) {
        Tensor place = attention.self(x.select(2, n), Optional.empty(), Optional.empty());
        assertThat(distance(y.select(2, n), place)).isLessThan(1e-5);
      }
    });
  }

  @Test
  void aGateIsHalfOfTheHiddenFeatures() {
    Scopes.run(() -> {
      Map<String, Tensor> weights = new TreeMap<>();
      weights.put("net.0.proj.weight", normal("w", 16, 4));
      weights.put("net.0.proj.bias", normal("b", 16));
      weights.put("net.2.weight", normal("v", 4, 8));
      weights.put("net.2.bias", normal("c", 4));
      Tensor x = normal("x", 3, 4);
      Tensor hidden = x.matmul(get(weights, "net.0.proj.weight").t()).add(normal("b", 16));
      Tensor gated = hidden.narrow(1, 0, 8).mul(torch.gelu(hidden.narrow(1, 8, 8)));
      Tensor byHand = gated.matmul(get(weights, "net.2.weight").t()).add(normal("c", 4));
      Tensor y = GatedFeedForward.of(place(weights), 4, 2, Init.ZEROS).forward(x);
      assertThat(distance(y, byHand)).isLessThan(1e-5);
    });
  }

  @Test
  void stretchesOfAGatedLayerComeToTheWholeInTheMemoryOfWhatTheyAreAddedTo() {
    Scopes.run(() -> {
      // 10 MiB of hidden features a stretch: two stretches, the second of 87 rows.
      GatedFeedForward layer = GatedFeedForward.of(fresh(), 640, 4, Init.xavier());
      LayerNorm norm = LayerNorm.of(fresh(), 640);
      Tensor x = normal("x", 1, 3, 711, 640);
      Tensor expected = Scopes.noGrad(() -> x.add(layer.forward(norm.forward(x))));
      Tensor recorded = Autograd.recording(() -> layer.addOver(x, norm));
      assertThat(distance(recorded, expected)).isLessThan(1e-5);
      Tensor wide = x.transpose(1, 2).contiguous().transpose(1, 2);
      assertThat(distance(Scopes.noGrad(() -> layer.addOver(wide, norm)), expected))
          .isLessThan(1e-5);
      Tensor y = Scopes.noGrad(() -> layer.addOver(x, norm));
      assertThat(y.equals(x)).isTrue();
      assertThat(distance(x, expected)).isLessThan(1e-5);
    });
  }

  @Test
  void aBlueprintKnowsShapesAndTakesNoMemory() {
    ParameterStore store = ParameterStore.blueprint();
    Linear unused = Linear.of(store.root(), 1_000_000, 2_000_000, Init.ZEROS);
    assertThat(store.count()).isEqualTo(2_000_000_000_000L + 2_000_000);
  }

  @Test
  void patternsHoldAnyPart() {
    assertThat(NamePattern.matches("*", "a.b")).isTrue();
    assertThat(NamePattern.matches("a.*.c", "a.b.b.c")).isTrue();
    assertThat(NamePattern.matches("a.*", "b.a.c")).isFalse();
    assertThat(NamePattern.matches("a.b", "axb")).isFalse();
  }

  private static Tensor get(Map<String, Tensor> weights, String name) {
    return Objects.requireNonNull(weights.get(name));
  }

  private static double distance(Tensor a, Tensor b) {
    return a.sub(b).abs().max().item_double();
  }
}
