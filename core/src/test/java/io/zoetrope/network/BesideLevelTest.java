package io.zoetrope.network;

import static io.zoetrope.network.TestNetworks.normal;
import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.network.dit.DitConfig;
import io.zoetrope.network.unet.UNetConfig;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Networks that are told how noisy the clip is that they see beside their video. */
class BesideLevelTest {
  static Stream<NetworkConfig> networks() {
    return Stream.of(DitConfig.size("tiny").taking(8), UNetConfig.size("tiny").taking(8));
  }

  private static NetworkConfig told(NetworkConfig config) {
    return config.telling(config.told().ofBeside(true));
  }

  private static Conditioning level(NetworkConfig config, double... logSnr) {
    return TestNetworks.text(config, 1)
        .with(Conditioning.BESIDE, normal("beside", 1, 4, 2, 4, 4))
        .with(Conditioning.BESIDE_LEVEL, Tensors.of(logSnr, 1, 2));
  }

  private static Tensor ask(VideoNetwork network, Conditioning conditioning) {
    Tensor z = normal("z", 1, 4, 2, 4, 4);
    return network.ask(z, Tensors.full(300, 1, 2), conditioning, io.zoetrope.torch.Segments.PLAIN);
  }

  @ParameterizedTest
  @MethodSource("networks")
  void theyBeginAsIfTheyWereNotTold(NetworkConfig config) {
    Scopes.run(() -> {
      var weights = TestNetworks.weights(config);
      VideoNetwork plain = TestNetworks.network(config, weights);
      VideoNetwork begun =
          told(config)
              .build(
                  ParameterStore.forTraining(weights, new RandomStreams(1), Precision.F32).root());
      Conditioning untold =
          level(config, 0, 0).only(slot -> !slot.equals(Conditioning.BESIDE_LEVEL));
      byte[] before = Tensors.toBytes(ask(plain, untold));
      assertThat(Tensors.toBytes(ask(begun, level(config, 3, -5)))).isEqualTo(before);
    });
  }

  @ParameterizedTest
  @MethodSource("networks")
  void levelsMatterAndNothingSaidIsClean(NetworkConfig config) {
    Scopes.run(() -> {
      VideoNetwork network = TestNetworks.network(told(config), TestNetworks.weights(told(config)));
      Conditioning untold =
          level(config, 0, 0).only(slot -> !slot.equals(Conditioning.BESIDE_LEVEL));
      byte[] clean = Tensors.toBytes(ask(network, level(config, 20, 20)));
      assertThat(Tensors.toBytes(ask(network, untold))).isEqualTo(clean);
      assertThat(Tensors.toBytes(ask(network, level(config, 1, 20)))).isNotEqualTo(clean);
    });
  }
}
