package io.zoetrope.network.dit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.error.UserError;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Recompute;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Segments;
import io.zoetrope.torch.Tensors;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;

class SpaceTimeTransformerTest {
  private static final DitConfig TINY = DitConfig.size("tiny");

  private static Tensor normal(String name, long... shape) {
    try (RandomStream stream = new RandomStreams(5).stream(name)) {
      return stream.normal(shape);
    }
  }

  /** Weights with nothing left at zero, so that every layer counts. */
  private static Map<String, Tensor> weights(DitConfig config) {
    ParameterStore store =
        ParameterStore.forTraining(Map.of(), new RandomStreams(1), Precision.F32);
    new SpaceTimeTransformer(config, store.root());
    Map<String, Tensor> weights = new LinkedHashMap<>();
    store
        .parameters()
        .forEach(
            (name, p) -> weights.put(name, p.add(Ops.mul(normal(name, Tensors.shape(p)), 0.1))));
    return weights;
  }

  private static SpaceTimeTransformer network(DitConfig config, Map<String, Tensor> weights) {
    ParameterStore store = ParameterStore.forInference(weights, Precision.F32);
    return new SpaceTimeTransformer(config, store.root());
  }

  private static Conditioning text(long batch) {
    return Conditioning.text(
            normal("text", batch, 5, 32), Tensors.full(1, batch, 5).to(ScalarType.Bool))
        .withPooled(normal("pooled", batch, 32));
  }

  @Test
  void takesAnySizeLengthAndAspectRatio() {
    Scopes.run(() -> {
      SpaceTimeTransformer network = network(TINY, weights(TINY));
      for (long[] fhw : new long[][] {{1, 1, 1}, {3, 4, 4}, {16, 2, 7}, {5, 9, 3}}) {
        Tensor z = normal("z", 2, 4, fhw[0], fhw[1], fhw[2]);
        Tensor y = network.predict(z, Tensors.full(500, 2, fhw[0]), text(2));
        assertThat(Tensors.shape(y)).isEqualTo(Tensors.shape(z));
      }
    });
  }

  @Test
  void anImageNetworkIsUnchangedToTheBitWhenItGetsItsTemporalLayers() {
    Scopes.run(() -> {
      Map<String, Tensor> image = weights(TINY.withTemporal(false));
      ParameterStore inflated =
          ParameterStore.forTraining(image, new RandomStreams(9), Precision.F32);
      SpaceTimeTransformer video = new SpaceTimeTransformer(TINY, inflated.root());
      assertThat(inflated.missing())
          .isNotEmpty()
          .allMatch(n -> n.contains("attn_temp") || n.contains("frame_embedder"));
      assertThat(inflated.unexpected()).isEmpty();

      Tensor z = normal("z", 1, 4, 6, 4, 4);
      Tensor t_BF = Ops.mul(Ops.add(normal("t", 1, 6).abs(), 0.1), 200);
      Tensor clip = video.predict(z, t_BF, text(1));
      SpaceTimeTransformer still = network(TINY.withTemporal(false), image);
      Tensor same = still.predict(z, t_BF, text(1));
      assertThat(Tensors.toBytes(clip)).isEqualTo(Tensors.toBytes(same));
    });
  }

  @Test
  void framesKnowTheirMomentOnlyWhereTheConfigSaysSo() {
    Scopes.run(() -> {
      for (boolean told : new boolean[] {true, false}) {
        DitConfig config = new DitConfig(4, 1, 32, 2, 2, 32, true, told);
        SpaceTimeTransformer network = network(config, weights(config));
        Tensor z = normal("z", 1, 4, 4, 2, 2);
        Tensor t_BF = Tensors.full(500, 1, 4);
        Tensor early =
            network.predict(
                z,
                t_BF,
                text(1).with(Conditioning.FRAME_TIMES, Tensors.of(new float[] {0, 1, 2, 3}, 1, 4)));
        Tensor late =
            network.predict(
                z,
                t_BF,
                text(1)
                    .with(Conditioning.FRAME_TIMES, Tensors.of(new float[] {8, 9, 10, 11}, 1, 4)));
        double moved = early.sub(late).abs().max().item_double();
        if (told) {
          assertThat(moved).isGreaterThan(1e-3);
        } else {
          assertThat(moved).isLessThan(1e-4);
        }
      }
    });
  }

  @Test
  void aFramesLevelReachesItsFrameAloneInAnImageNetwork() {
    Scopes.run(() -> {
      DitConfig still = TINY.withTemporal(false);
      SpaceTimeTransformer network = network(still, weights(still));
      Tensor z = normal("z", 1, 4, 3, 4, 4);
      Tensor low = network.predict(z, Tensors.of(new float[] {10, 20, 30}, 1, 3), text(1));
      Tensor high = network.predict(z, Tensors.of(new float[] {10, 900, 30}, 1, 3), text(1));
      for (int f = 0; f < 3; f++) {
        boolean same = low.select(2, f).equal(high.select(2, f));
        assertThat(same).as("frame %d", f).isEqualTo(f != 1);
      }
    });
  }

  @Test
  void oneLevelForAllIsTheSameAsAVectorOfThatLevel() {
    Scopes.run(() -> {
      SpaceTimeTransformer network = network(TINY, weights(TINY));
      Tensor z = normal("z", 1, 4, 5, 4, 4);
      Tensor vector = network.predict(z, Tensors.full(300, 1, 5), text(1));
      Tensor broadcast = network.predict(z, Tensors.full(300, 1, 1).expand(1, 5), text(1));
      assertThat(Tensors.toBytes(broadcast)).isEqualTo(Tensors.toBytes(vector));
    });
  }

  @Test
  void maskedWordsDoNotCount() {
    Scopes.run(() -> {
      SpaceTimeTransformer network = network(TINY, weights(TINY));
      Tensor z = normal("z", 1, 4, 2, 4, 4);
      Tensor words = normal("text", 1, 5, 32);
      Tensor mask = Tensors.of(new float[] {1, 1, 1, 0, 0}, 1, 5).to(ScalarType.Bool);
      Tensor t_BF = Tensors.full(300, 1, 2);
      Tensor y = network.predict(z, t_BF, Conditioning.text(words, mask));
      Tensor other = words.clone();
      other.narrow(1, 3, 2).zero_();
      Tensor same = network.predict(z, t_BF, Conditioning.text(other, mask));
      assertThat(y.sub(same).abs().max().item_float()).isLessThan(1e-6f);
    });
  }

  @Test
  void recomputedActivationsGiveTheSameGradients() {
    Scopes.run(() -> {
      Map<String, Tensor> weights = weights(TINY);
      Map<String, float[]> plain = gradients(weights, Optional.empty());
      Map<String, float[]> again = gradients(weights, Optional.of(new Recompute()));
      assertThat(again.keySet()).isEqualTo(plain.keySet());
      // Gradients that come from several places are summed in another order.
      plain.forEach((name, g) ->
          assertThat(again.get(name))
              .as(name)
              .usingComparatorWithPrecision(1e-6f)
              .containsExactly(g));
    });
  }

  /** Gradients of every parameter, and of the text. */
  private static Map<String, float[]> gradients(
      Map<String, Tensor> weights, Optional<Recompute> recompute) {
    ParameterStore store = ParameterStore.forTraining(weights, new RandomStreams(1), Precision.F32);
    SpaceTimeTransformer network = new SpaceTimeTransformer(TINY, store.root());
    store.trainable(name -> true);
    Tensor words = normal("text", 2, 5, 32).set_requires_grad(true);
    Conditioning text =
        Conditioning.text(Ops.mul(words, 2)).withPooled(Ops.mul(words.select(1, 0), 3));
    Tensor y =
        network.predict(
            normal("z", 2, 4, 3, 4, 4),
            Tensors.full(300, 2, 3),
            text,
            recompute.isPresent() ? recompute.get() : Segments.PLAIN);
    Tensor loss = y.square().mean();
    recompute.ifPresentOrElse(r -> r.backward(loss), loss::backward);
    Map<String, float[]> gradients = new TreeMap<>();
    store.parameters().forEach((name, p) -> gradients.put(name, Tensors.toFloats(p.grad())));
    gradients.put("text", Tensors.toFloats(words.grad()));
    return gradients;
  }

  @Test
  void whatDoesNotFitIsRefused() {
    assertThatThrownBy(() -> new DitConfig(4, 1, 30, 2, 4, 32, true, true))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("30");
    assertThatThrownBy(() -> DitConfig.size("huge"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("toybox");
    Map<String, Tensor> weights = weights(TINY);
    weights.put("proj_out.weight", Tensors.zeros(3, 3));
    assertThatThrownBy(() -> network(TINY, weights))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("proj_out.weight");
  }
}
