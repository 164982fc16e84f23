package io.zoetrope.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.error.UserError;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LoraStackTest {
  private static final RandomStreams STREAMS = new RandomStreams(11);

  private static Tensor noise(String name, long... shape) {
    try (RandomStream random = STREAMS.stream(name)) {
      return Scopes.keep(random.normal(shape));
    }
  }

  private static Lora lora(String name) {
    SequencedMap<String, Lora.Update> updates = new LinkedHashMap<>();
    updates.put("a", new Lora.Update(noise(name + "ad", 2, 6), noise(name + "au", 5, 2), 0.5));
    updates.put(
        "c", new Lora.Update(noise(name + "cd", 2, 3, 3, 3), noise(name + "cu", 4, 2, 1, 1), 2));
    return new Lora(updates);
  }

  private static ParameterStore store(Precision precision) {
    return ParameterStore.forInference(source(precision.matmul()), precision);
  }

  private static Map<String, Tensor> source(ScalarType format) {
    Map<String, Tensor> source =
        Map.of(
            "a.weight", noise("a", 5, 6).to(format),
            "a.bias", noise("b", 5).to(format),
            "c.weight", noise("c", 4, 3, 3, 3).to(format),
            "c.bias", noise("d", 4).to(format));
    source.values().forEach(Scopes::keep);
    return source;
  }

  private static List<byte[]> weights(ParameterStore store) {
    return store.parameters().values().stream().map(Tensors::toBytes).toList();
  }

  private record Net(Linear a, Conv2d c) {
    Net(ParameterStore store) {
      this(
          Linear.of(store.root().at("a"), 6, 5, Init.ZEROS),
          Conv2d.of(store.root().at("c"), 3, 4, 3, 1, Init.ZEROS));
    }

    double[] run() {
      return Scopes.value(() ->
          Tensors.toDoubles(
              Tensors.cat(
                  List.of(
                      a.forward(noise("x", 2, 6)).to(ScalarType.Double).flatten(),
                      c.forward(noise("y", 1, 3, 5, 4)).to(ScalarType.Double).flatten()),
                  0)));
    }
  }

  private static double distance(double[] a, double[] b) {
    double most = 0;
    for (int i = 0; i < a.length; i++) {
      most = Math.max(most, Math.abs(a[i] - b[i]));
    }
    return most;
  }

  /** Weights that wait in halves are those of f32 with something merged into them, to the bit. */
  @Test
  void whatWaitsInAnotherFormatLosesNothing() {
    for (ScalarType format : List.of(ScalarType.Half, ScalarType.BFloat16)) {
      Map<String, Tensor> halves = source(format);
      Map<String, Tensor> same = new LinkedHashMap<>();
      halves.forEach((name, half) -> same.put(name, Scopes.keep(half.to(ScalarType.Float))));
      try (ParameterStore waiting = ParameterStore.of(halves, Holding.waiting(Precision.F32));
          ParameterStore store = ParameterStore.forInference(same, Precision.F32)) {
        Net net = new Net(waiting);
        Net expected = new Net(store);
        LoraStack.merging(waiting).put("l", lora("l"), 0.1);
        LoraStack.merging(store).put("l", lora("l"), 0.1);
        assertThat(net.run()).containsExactly(expected.run());
      }
    }
  }

  /** One NaN in a LoRA, or a scale at which weights overflow: named, and nothing is changed. */
  @Test
  void updatesThatAreNotFiniteAreRefused() {
    for (boolean merging : new boolean[] {true, false}) {
      try (ParameterStore store = store(Precision.F32)) {
        Net net = new Net(store);
        LoraStack stack = merging ? LoraStack.merging(store) : LoraStack.beside(store);
        stack.put("good", lora("good"), 1);
        double[] before = net.run();
        Lora bad = lora("bad");
        Scopes.noGrad(() ->
            Objects.requireNonNull(bad.updates().get("c")).up().fill_(new Scalar(Double.NaN)));
        assertThatThrownBy(() -> stack.put("bad", bad, 1))
            .isInstanceOf(UserError.class)
            .hasMessageStartingWith(
                "the numbers of the update of layer 'c' are not finite numbers");
        assertThat(net.run()).containsExactly(before);
        if (merging) {
          assertThatThrownBy(() -> stack.put("good", lora("other"), 1e39))
              .isInstanceOf(UserError.class)
              .hasMessage("the scale 1.0E39 is too large for layer 'a'");
          assertThatThrownBy(() -> stack.put("good", lora("other"), 1.5e38))
              .isInstanceOf(UserError.class)
              .hasMessageContaining("with its updates are not finite");
          assertThat(net.run()).containsExactly(before);
          stack.remove("good");
          assertThat(store.parameters())
              .allSatisfy(
                  (name, weight) -> assertThat(weight.isfinite().all().item_bool()).isTrue());
        }
      }
    }
  }

  /** Whatever is put and removed, in whatever order: without any the weights are the first ones. */
  @ParameterizedTest
  @EnumSource(Precision.class)
  void removingRestoresToTheBit(Precision precision) {
    for (int seed = 0; seed < 20; seed++) {
      Random random = new Random(seed);
      ParameterStore store = store(precision);
      Net net = new Net(store);
      List<byte[]> before = weights(store);
      double[] bare = net.run();
      for (LoraStack stack : List.of(LoraStack.merging(store), LoraStack.beside(store))) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
          String name = "lora" + random.nextInt(3);
          stack.put(name, lora(name), random.nextInt(3) * 0.5 - 0.5);
          names.add("lora" + random.nextInt(3));
          if (random.nextBoolean()) {
            stack.remove(names.get(random.nextInt(names.size())));
          }
        }
        stack.close();
        List<byte[]> after = weights(store);
        for (int i = 0; i < before.size(); i++) {
          assertThat(after.get(i)).as("seed %d, weight %d", seed, i).isEqualTo(before.get(i));
        }
        assertThat(net.run()).as("seed %d", seed).containsExactly(bare);
      }
      store.close();
    }
  }

  @Test
  void halvesAddUp() {
    ParameterStore store = store(Precision.F32);
    Net net = new Net(store);
    for (LoraStack stack : List.of(LoraStack.merging(store), LoraStack.beside(store))) {
      double[] bare = net.run();
      stack.put("1", lora("p"), 1);
      double[] p = net.run();
      stack.put("1", lora("p"), 0.5);
      stack.put("2", lora("p"), 0.5);
      assertThat(distance(net.run(), p)).isLessThan(1e-5);
      stack.put("2", lora("q"), 0.5);
      double[] both = net.run();
      stack.remove("1");
      stack.put("2", lora("q"), 1);
      double[] q = net.run();
      stack.close();
      // The layers are linear: half of one and half of the other is the mean of the two.
      double[] mean = new double[p.length];
      for (int i = 0; i < mean.length; i++) {
        mean[i] = (p[i] + q[i]) / 2;
      }
      assertThat(distance(both, mean)).isLessThan(1e-5);
      assertThat(distance(p, bare)).isGreaterThan(0.1);
      assertThat(distance(p, q)).isGreaterThan(0.1);
    }
    store.close();
  }

  /** Against W + scale B A computed in f64, the convolution by its definition. */
  @Test
  void mergedWeightsAreTheSum() {
    ParameterStore store = store(Precision.F32);
    Net net = new Net(store);
    assertThat(net).isNotNull();
    double[] w = Tensors.toDoubles(Objects.requireNonNull(store.parameters().get("c.weight")));
    Lora lora = lora("p");
    Lora.Update update = Objects.requireNonNull(lora.updates().get("c"));
    double[] down = Tensors.toDoubles(update.down());
    double[] up = Tensors.toDoubles(update.up());
    for (int out = 0; out < 4; out++) {
      for (int i = 0; i < 27; i++) {
        for (int r = 0; r < 2; r++) {
          w[out * 27 + i] += 0.75 * 2 * up[out * 2 + r] * down[r * 27 + i];
        }
      }
    }
    LoraStack stack = LoraStack.merging(store);
    stack.put("p", lora, 0.75);
    assertThat(
            distance(
                Tensors.toDoubles(Objects.requireNonNull(store.parameters().get("c.weight"))), w))
        .isLessThan(1e-5);
    stack.close();
    store.close();
  }

  @Test
  void whatDoesNotFitChangesNothing() {
    ParameterStore store = store(Precision.F32);
    Net net = new Net(store);
    double[] bare = net.run();
    LoraStack stack = LoraStack.merging(store);
    assertThat(stack.layers()).containsExactlyInAnyOrder("a", "c");
    SequencedMap<String, Lora.Update> updates = new LinkedHashMap<>(lora("p").updates());
    updates.put("z", lora("p").updates().get("a"));
    assertThatThrownBy(() -> stack.put("p", new Lora(updates), 1))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("no layer 'z'");
    assertThatThrownBy(() -> stack.put("p", lora("p"), Double.NaN)).isInstanceOf(UserError.class);
    assertThat(net.run()).containsExactly(bare);
    store.close();
  }
}
