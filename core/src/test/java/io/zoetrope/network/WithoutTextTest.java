package io.zoetrope.network;

import static io.zoetrope.network.TestNetworks.normal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.Prediction;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.network.dit.DitConfig;
import io.zoetrope.network.unet.Inflation;
import io.zoetrope.network.unet.LayerStyle;
import io.zoetrope.network.unet.UNetConfig;
import io.zoetrope.torch.Autograd;
import io.zoetrope.torch.Recompute;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Segments;
import io.zoetrope.torch.Tensors;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Networks that read no text: no layer of theirs looks at any, and none is asked for. */
class WithoutTextTest {
  static Stream<NetworkConfig> networks() {
    return Stream.of(
        new DitConfig(4, 1, 32, 2, 2, 0, true, true),
        new UNetConfig(
            4, 4, List.of(16, 32), List.of(0, 2), 2, 1, 0, LayerStyle.SMALL, Inflation.VDM));
  }

  @ParameterizedTest
  @MethodSource("networks")
  void theyDenoise(NetworkConfig config) {
    Scopes.run(() -> {
      var weights = TestNetworks.weights(config);
      assertThat(weights.keySet())
          .noneMatch(name ->
              name.contains("attn2") || name.contains("text") || name.contains("add_embedding"));
      VideoNetwork network = TestNetworks.network(config, weights);
      assertThat(config.needs()).isEmpty();
      Tensor z = normal("z", 2, 4, 3, 4, 4);
      X0Denoiser denoiser = X0Denoiser.of(network, NoiseSchedule.flow(1), Prediction.FLOW);
      Tensor x0 = denoiser.x0(z, Tensors.full(0.5), Conditioning.none());
      assertThat(Tensors.shape(x0)).containsExactly(Tensors.shape(z));
      Conditioning text = Conditioning.text(normal("text", 2, 5, 32));
      assertThatThrownBy(() -> denoiser.x0(z, Tensors.full(0.5), text))
          .hasMessageContaining("does not read 'text'");
    });
  }

  @ParameterizedTest
  @MethodSource("networks")
  void activationsCanBeRecomputed(NetworkConfig config) {
    Scopes.run(() -> {
      VideoNetwork network = TestNetworks.network(config, TestNetworks.weights(config));
      Tensor t_BF = Tensors.full(300, 2, 3);
      Tensor plain = normal("z", 2, 4, 3, 4, 4).set_requires_grad(true);
      network.predict(plain, t_BF, Conditioning.none(), Segments.PLAIN).sum().backward();
      Tensor again = normal("z", 2, 4, 3, 4, 4).set_requires_grad(true);
      Recompute recompute = new Recompute();
      recompute.backward(network.predict(again, t_BF, Conditioning.none(), recompute).sum());
      Tensor wanted = Autograd.gradient(plain).orElseThrow();
      Tensor got = Autograd.gradient(again).orElseThrow();
      assertThat(got.sub(wanted).abs().max().item_double()).isLessThan(1e-4);
    });
  }
}
