package io.zoetrope.network.unet;

import static io.zoetrope.network.TestNetworks.network;
import static io.zoetrope.network.TestNetworks.normal;
import static io.zoetrope.network.TestNetworks.text;
import static io.zoetrope.network.TestNetworks.weights;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.Prediction;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.error.UserError;
import io.zoetrope.network.VideoNetwork;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.torch.Autograd;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Recompute;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Segments;
import io.zoetrope.torch.Tensors;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class UNetTest {
  private static final UNetConfig TINY = UNetConfig.size("tiny");
  private static final UNetConfig IMAGE = TINY.inflated(Inflation.NONE);

  static Stream<String> recipes() {
    return Inflation.RECIPES.keySet().stream().sorted();
  }

  @Test
  void takesAnySizeLengthAndAspectRatio() {
    Scopes.run(() -> {
      VideoNetwork network = network(TINY, weights(TINY));
      for (long[] fhw : new long[][] {{1, 1, 1}, {3, 4, 4}, {16, 2, 7}, {5, 9, 3}}) {
        Tensor z = normal("z", 2, 4, fhw[0], fhw[1], fhw[2]);
        Tensor y = network.predict(z, Tensors.full(500, 2, fhw[0]), text(TINY, 2));
        assertThat(Tensors.shape(y)).isEqualTo(Tensors.shape(z));
      }
    });
  }

  /** Those that add layers, and leave the image network's as they are. */
  static Stream<String> inflating() {
    return recipes()
        .filter(r ->
            Inflation.of(r).attention() instanceof SpatialAttention.Self
                && !Inflation.of(r).halving()
                && Inflation.of(r).norms() == NormScope.FRAME);
  }

  @ParameterizedTest
  @MethodSource("inflating")
  void anInflatedNetworkStartsAsTheImageNetworkFrameByFrame(String recipe) {
    Scopes.run(() -> {
      UNetConfig inflated = TINY.inflated(Inflation.of(recipe));
      Map<String, Tensor> image = weights(IMAGE);
      ParameterStore store = ParameterStore.forTraining(image, new RandomStreams(9), Precision.F32);
      UNet video = inflated.build(store.root());
      assertThat(store.missing()).allMatch(inflated.inflation()::isNew);
      assertThat(store.missing().isEmpty()).isEqualTo(!inflated.temporal());
      assertThat(store.unexpected()).isEmpty();

      Tensor z = normal("z", 1, 4, 6, 4, 5);
      Tensor t_BF = Ops.mul(Ops.add(normal("t", 1, 6).abs(), 0.1), 200);
      Tensor clip = video.predict(z, t_BF, text(TINY, 1));
      VideoNetwork still = network(IMAGE, image);
      Tensor same = still.predict(z, t_BF, text(TINY, 1));
      assertThat(Tensors.toBytes(clip)).isEqualTo(Tensors.toBytes(same));
      Tensor changed = t_BF.clone();
      changed.narrow(1, 2, 1).fill_(new Scalar(950));
      Tensor other = video.predict(z, changed, text(TINY, 1));
      for (int f = 0; f < 6; f++) {
        Tensor alone = still.predict(z.narrow(2, f, 1), t_BF.narrow(1, f, 1), text(TINY, 1));
        double distance = alone.sub(clip.narrow(2, f, 1)).abs().max().item_double();
        assertThat(distance).as("frame %d", f).isLessThan(1e-5);
        // A frame's level reaches no other frame.
        assertThat(other.select(2, f).equal(clip.select(2, f))).as("frame %d", f).isEqualTo(f != 2);
      }
    });
  }

  @ParameterizedTest
  @MethodSource("recipes")
  void whatIsFrozenStaysAndNewLayersTrain(String recipe) {
    UNetConfig config = TINY.inflated(Inflation.of(recipe));
    ParameterStore store = ParameterStore.blueprint();
    config.build(store.root());
    for (String name : store.parameters().keySet()) {
      boolean frozen =
          recipe.startsWith("animatediff")
              || List.of("align-your-latents", "align-your-latents-known", "lumiere")
                  .contains(recipe);
      boolean tune = recipe.equals("tune-a-video");
      boolean held = name.endsWith(".pos_embed.pe") || name.contains(".norm_temp.");
      boolean query = name.contains(".attn1.to_q.") || name.contains(".attn2.to_q.");
      boolean trains = !held && (config.inflation().isNew(name) || (tune ? query : !frozen));
      assertThat(config.trains(name)).as(name).isEqualTo(trains);
    }
  }

  @Test
  void onlyWhatIsNamedOfTheImageNetworkTrains() {
    Inflation tune =
        new Inflation(
            new TemporalConvolution.None(),
            new SpatialAttention.Self(),
            Inflation.VDM.temporal(),
            false,
            List.of("*.attn1.to_q.*", "*.attn2.to_q.*"));
    String block = "down_blocks.1.attentions.0.transformer_blocks.0.";
    assertThat(tune.trains(block + "attn1.to_q.weight")).isTrue();
    assertThat(tune.trains(block + "attn1.to_k.weight")).isFalse();
    assertThat(tune.trains("down_blocks.1.temp_attentions.0.attn1.to_k.weight")).isTrue();
  }

  /** Each recipe's frames do mix once its new layers are not as they started. */
  @ParameterizedTest
  @MethodSource("recipes")
  void framesSeeEachOtherAsFarAsTheRecipeSays(String recipe) {
    Scopes.run(() -> {
      UNetConfig config = TINY.inflated(Inflation.of(recipe));
      VideoNetwork network = network(config, weights(config));
      Tensor z = normal("z", 1, 4, 3, 4, 4);
      Tensor low = network.predict(z, Tensors.of(new float[] {10, 20, 30}, 1, 3), text(TINY, 1));
      Tensor high = network.predict(z, Tensors.of(new float[] {900, 20, 30}, 1, 3), text(TINY, 1));
      for (int f = 0; f < 3; f++) {
        boolean same = low.select(2, f).equal(high.select(2, f));
        assertThat(same).as("frame %d", f).isEqualTo(f != 0 && !config.temporal());
      }
    });
  }

  @Test
  void oneThatTakesMoreThanItGivesIsShownAClipBeside() {
    UNetConfig wide =
        new UNetConfig(
            9, 4, List.of(16, 32), List.of(0, 2), 2, 1, 32, LayerStyle.SMALL, Inflation.VDM);
    Scopes.run(() -> {
      VideoNetwork network = network(wide, weights(wide));
      X0Denoiser denoiser = X0Denoiser.of(network, NoiseSchedule.flow(1), Prediction.FLOW);
      Tensor z = normal("z", 1, 4, 3, 4, 4);
      Conditioning shown = text(wide, 1).with(Conditioning.BESIDE, normal("b", 1, 5, 3, 4, 4));
      Tensor x0 = denoiser.x0(z, Tensors.full(0.5), shown);
      assertThat(Tensors.shape(x0)).containsExactly(Tensors.shape(z));
      Conditioning other = text(wide, 1).with(Conditioning.BESIDE, normal("o", 1, 5, 3, 4, 4));
      assertThat(denoiser.x0(z, Tensors.full(0.5), other).equal(x0)).isFalse();
      assertThatThrownBy(() -> denoiser.x0(z, Tensors.full(0.5), text(wide, 1)))
          .hasMessageContaining("needs 'beside'");
    });
  }

  @Test
  void theOrderOfFramesMatters() {
    Scopes.run(() -> {
      VideoNetwork network = network(TINY, weights(TINY));
      Tensor z = normal("z", 1, 4, 4, 4, 4);
      Tensor turned = z.flip(2);
      Tensor t_BF = Tensors.full(300, 1, 4);
      Tensor y = network.predict(z, t_BF, text(TINY, 1));
      Tensor back = network.predict(turned, t_BF, text(TINY, 1)).flip(2);
      assertThat(y.sub(back).abs().max().item_double()).isGreaterThan(1e-3);
    });
  }

  @Test
  void momentsFurtherApartAreAskedFor() {
    Scopes.run(() -> {
      VideoNetwork network = network(TINY, weights(TINY));
      Tensor z = normal("z", 2, 4, 3, 4, 4);
      Tensor t_BF = Tensors.full(300, 2, 3);
      Conditioning text = text(TINY, 2);
      Tensor near =
          network.predict(
              z,
              t_BF,
              text.with(Conditioning.FRAME_TIMES, Tensors.of(new float[] {0, 1, 2}, 1, 3)));
      Tensor far =
          network.predict(
              z,
              t_BF,
              text.with(Conditioning.FRAME_TIMES, Tensors.of(new float[] {0, 2, 4}, 1, 3)));
      assertThat(Tensors.toBytes(near)).isEqualTo(Tensors.toBytes(network.predict(z, t_BF, text)));
      assertThat(far.sub(near).abs().max().item_double()).isGreaterThan(1e-4);
    });
  }

  @ParameterizedTest
  @MethodSource("recipes")
  void recomputedActivationsGiveTheSameGradients(String recipe) {
    Scopes.run(() -> {
      UNetConfig config = TINY.inflated(Inflation.of(recipe));
      Map<String, Tensor> weights = weights(config);
      Map<String, float[]> plain = gradients(config, weights, Optional.empty());
      Map<String, float[]> again = gradients(config, weights, Optional.of(new Recompute()));
      assertThat(again.keySet()).isEqualTo(plain.keySet());
      // Gradients that come from several places are summed in another order.
      plain.forEach((name, g) -> {
        float largest = 0;
        for (float x : g) {
          largest = Math.max(largest, Math.abs(x));
        }
        assertThat(largest).as(name).isPositive();
        assertThat(again.get(name))
            .as(name)
            .usingComparatorWithPrecision(Math.max(1e-6f, 1e-5f * largest))
            .containsExactly(g);
      });
    });
  }

  /** Gradients of every parameter, and of the text. */
  private static Map<String, float[]> gradients(
      UNetConfig config, Map<String, Tensor> weights, Optional<Recompute> recompute) {
    ParameterStore store = ParameterStore.forTraining(weights, new RandomStreams(1), Precision.F32);
    UNet network = config.build(store.root());
    store.trainable(name -> true);
    Tensor words = normal("text", 2, 5, 32).set_requires_grad(true);
    Conditioning text =
        Conditioning.text(Ops.mul(words, 2)).withPooled(Ops.mul(words.select(1, 0), 3));
    Tensor y =
        network.predict(
            normal("z", 2, 4, 3, 4, 3),
            Tensors.full(300, 2, 3),
            text,
            recompute.isPresent() ? recompute.get() : Segments.PLAIN);
    Tensor loss = y.square().mean();
    recompute.ifPresentOrElse(r -> r.backward(loss), loss::backward);
    Map<String, float[]> gradients = new TreeMap<>();
    store
        .parameters()
        .forEach(
            (name, p) -> gradients.put(name, Tensors.toFloats(Autograd.gradient(p).orElseThrow())));
    gradients.put("text", Tensors.toFloats(Autograd.gradient(words).orElseThrow()));
    return gradients;
  }

  /**
   * The gradient by video, levels, text and each parameter, along a random direction, against a
   * difference quotient of the loss. f32 leaves about three digits of a quotient, not of the sum,
   * whose parts may cancel, but of their size.
   */
  @ParameterizedTest
  @MethodSource("recipes")
  void gradientsAreThoseOfDifferenceQuotients(String recipe) {
    Scopes.run(() -> {
      UNetConfig config = TINY.inflated(Inflation.of(recipe));
      Map<String, Tensor> at = weights(config);
      at.put("z", normal("z", 1, 4, 3, 4, 4));
      at.put("text", normal("text", 1, 5, 32));
      at.put("pooled", normal("pooled", 1, 32));
      ParameterStore store = ParameterStore.forTraining(at, new RandomStreams(1), Precision.F32);
      UNet network = config.build(store.root());
      Map<String, Tensor> leaves = new TreeMap<>(store.parameters());
      List.of("z", "text", "pooled").forEach(name -> leaves.put(name, get(at, name)));
      leaves.values().forEach(leaf -> leaf.set_requires_grad(true));
      loss(network, leaves).backward();
      double slope = 0;
      double squares = 0;
      for (Map.Entry<String, Tensor> leaf : leaves.entrySet()) {
        Tensor g = Autograd.gradient(leaf.getValue()).orElseThrow();
        double part = g.to(ScalarType.Double).mul(direction(leaf.getKey(), g)).sum().item_double();
        slope += part;
        squares += part * part;
      }
      double step = 1e-4;
      double quotient = (value(config, at, step) - value(config, at, -step)) / (2 * step);
      assertThat(quotient).isCloseTo(slope, within(1e-3 * Math.sqrt(squares)));
    });
  }

  private static Tensor get(Map<String, Tensor> leaves, String name) {
    return Objects.requireNonNull(leaves.get(name));
  }

  private static Tensor direction(String name, Tensor like) {
    return normal("to " + name, Tensors.shape(like));
  }

  /** The loss a step further along all directions. */
  private static double value(UNetConfig config, Map<String, Tensor> at, double step) {
    Map<String, Tensor> moved = new TreeMap<>();
    at.forEach((name, w) -> moved.put(name, Ops.addScaled(w.detach(), direction(name, w), step)));
    return Scopes.noGrad(() -> {
      UNet network = config.build(ParameterStore.forInference(moved, Precision.F32).root());
      return loss(network, moved).item_double();
    });
  }

  /** A fixed linear functional of the output, summed in f64. */
  private static Tensor loss(UNet network, Map<String, Tensor> leaves) {
    Tensor z = get(leaves, "z");
    Tensor y =
        network.predict(
            z,
            Tensors.of(new float[] {3, 200, 900}, 1, 3),
            Conditioning.text(get(leaves, "text")).withPooled(get(leaves, "pooled")));
    return y.to(ScalarType.Double).mul(normal("functional", Tensors.shape(z))).sum();
  }

  @Test
  void whatDoesNotFitIsRefused() {
    assertThatThrownBy(() -> UNetConfig.size("huge"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("unknown size 'huge'")
        .hasMessageContaining("toybox");
    assertThatThrownBy(() -> Inflation.of("hot air"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("vdm");
    assertThatThrownBy(() -> new TemporalConvolution.Factorised(4)).isInstanceOf(UserError.class);
    assertThatThrownBy(() ->
            new UNetConfig(
                4, 4, List.of(16, 20), List.of(0, 2), 2, 1, 32, LayerStyle.SMALL, Inflation.VDM))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("20");
    assertThatThrownBy(() ->
            new UNetConfig(
                4, 4, List.of(16, 32), List.of(0, 3), 2, 1, 32, LayerStyle.SMALL, Inflation.VDM))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("width 32 does not split into 3 heads");
    Map<String, Tensor> weights = weights(TINY);
    weights.put("conv_in.weight", Tensors.zeros(3, 3));
    assertThatThrownBy(() -> network(TINY, weights))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("conv_in.weight");
  }
}
