package io.zoetrope.pipeline.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.network.NetworkConfig;
import io.zoetrope.network.TestNetworks;
import io.zoetrope.network.VideoNetwork;
import io.zoetrope.network.Work;
import io.zoetrope.network.dit.DitConfig;
import io.zoetrope.network.unet.UNetConfig;
import io.zoetrope.network.wan.WanConfig;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.nn.Rates;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class StepTimeTest {
  /** A network and what goes into it. */
  record Case(String name, NetworkConfig config, Work.Input in) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Stream<Case> cases() {
    return Stream.of(
        new Case("dit small", DitConfig.size("small"), new Work.Input(2, 16, 16, 16, 24)),
        new Case("unet small", UNetConfig.size("small"), new Work.Input(2, 8, 16, 16, 24)),
        new Case(
            "wan 768 x 6",
            new WanConfig(
                WanConfig.Kind.WAN,
                6,
                128,
                16,
                16,
                512,
                256,
                4480,
                6,
                true,
                Optional.empty(),
                false,
                1,
                Optional.empty()),
            new Work.Input(1, 5, 24, 40, 512)));
  }

  /**
   * A pass of networks of middle size, beside its estimate. Machines that others use are measured
   * at another moment than the estimate's rates, so the bounds are wide; the ratio is printed.
   */
  @ParameterizedTest
  @MethodSource("cases")
  void isNearAPass(Case it) {
    for (Precision precision : new Precision[] {Precision.F32}) {
      StepTime estimate =
          new StepTime(it.config.work(it.in).orElseThrow(), Rates.measure(precision, 0.05));
      double measured = seconds(it, precision);
      System.out.printf(
          "estimate %s %s: %.3f s, a pass takes %.3f s, ratio %.2f%n",
          it, precision, estimate.seconds(), measured, estimate.seconds() / measured);
      assertThat(estimate.seconds() / measured).isBetween(0.1, 4.0);
    }
  }

  /** The second of two. */
  private static double seconds(Case it, Precision precision) {
    return Scopes.value(() ->
        Scopes.noGrad(() -> {
          ParameterStore masters =
              ParameterStore.forTraining(Map.of(), new RandomStreams(1), Precision.F32);
          Object unused = it.config.build(masters.root());
          ParameterStore held = ParameterStore.forInference(masters.parameters(), precision);
          VideoNetwork network = it.config.build(held.root());
          Work.Input in = it.in;
          Tensor z =
              TestNetworks.normal(
                  "z", in.batch(), it.config.takes(), in.frames(), in.rows(), in.columns());
          Tensor t_BF = Tensors.full(500, in.batch(), in.frames());
          Conditioning told = text(it.config, in);
          double last = 0;
          for (int i = 0; i < 2; i++) {
            long start = System.nanoTime();
            Scopes.run(() -> network.predict(z, t_BF, told));
            last = (System.nanoTime() - start) * 1e-9;
          }
          held.close();
          masters.close();
          return last;
        }));
  }

  private static Conditioning text(NetworkConfig config, Work.Input in) {
    Tensor mask = Tensors.full(1, in.batch(), in.words()).to(ScalarType.Bool);
    Tensor tokens = TestNetworks.normal("text", in.batch(), in.words(), config.textWidth());
    return config.textLength().isPresent()
        ? Conditioning.text(tokens)
        : Conditioning.text(tokens, mask)
            .withPooled(TestNetworks.normal("pooled", in.batch(), config.textWidth()));
  }

  @Test
  void saysItInWords() {
    Rates rates = new Rates(1e9, 2e9, 4e9);
    StepTime time = new StepTime(new Work(1e9, 2e9, 4e9), rates);
    assertThat(time.seconds()).isEqualTo(3);
    assertThat(time.line()).isEqualTo("about 3.0 s a step (estimated: 7.0 G operations)");
    assertThat(new StepTime(new Work(1e6, 0, 0), rates).line()).startsWith("about 1 ms a step");
    assertThat(new StepTime(new Work(3e12, 0, 0), rates).line())
        .isEqualTo("about 50.0 minutes a step (estimated: 3.0 T operations)");
  }
}
