package io.zoetrope.network.vae;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.error.UserError;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class CompactAutoencoderTest {
  private static CompactAutoencoder tiny() {
    return new CompactAutoencoder(
        CompactConfig.size("tiny"),
        ParameterStore.forTraining(Map.of(), new RandomStreams(2), Precision.F32).root());
  }

  private static Tensor normal(String name, long... shape) {
    try (RandomStream stream = new RandomStreams(5).stream(name)) {
      return stream.normal(shape);
    }
  }

  @Test
  void latentsAreSmallerByTheFactor() {
    Scopes.run(() -> {
      CompactAutoencoder autoencoder = tiny();
      Tensor z = autoencoder.encode(normal("x", 2, 3, 5, 16, 24));
      assertThat(autoencoder.grid().space()).isEqualTo(4);
      assertThat(Tensors.shape(z)).containsExactly(2, 4, 5, 4, 6);
      assertThat(Tensors.shape(autoencoder.decode(z))).containsExactly(2, 3, 5, 16, 24);
    });
  }

  @Test
  void eachFrameIsItsOwn() {
    Scopes.run(() -> {
      CompactAutoencoder autoencoder = tiny();
      Tensor x = normal("x", 1, 3, 4, 16, 16);
      Tensor all = autoencoder.encode(x).select(2, 2);
      Tensor one = autoencoder.encode(x.narrow(2, 2, 1)).select(2, 0);
      assertThat(all.sub(one).abs().max().item_float()).isLessThan(1e-5f);
    });
  }

  @Test
  void statisticsNormaliseLatentsAndCancelOut() {
    Scopes.run(() -> {
      CompactAutoencoder autoencoder = tiny();
      Tensor x = normal("x", 1, 3, 2, 16, 16);
      Tensor before = autoencoder.decode(autoencoder.encode(x));
      Tensor raw = autoencoder.encode(x);
      autoencoder.setStatistics(Tensors.full(0.5, 4), Tensors.full(2, 4));
      Tensor z = autoencoder.encode(x);
      Tensor expected = Ops.mul(Ops.add(raw, -0.5), 0.5);
      assertThat(z.sub(expected).abs().max().item_float()).isLessThan(1e-6f);
      assertThat(autoencoder.decode(z).sub(before).abs().max().item_float()).isLessThan(1e-5f);
    });
  }

  @Test
  void theDivergenceOfAStandardNormalIsZero() {
    Scopes.run(() -> {
      Tensor zero = Tensors.zeros(1, 4, 2, 2);
      assertThat(new Posterior(zero, zero).kl().item_float()).isZero();
      Tensor one = Tensors.full(1, 1, 4, 2, 2);
      // 1/2 (mean^2 + var - 1 - log var)
      assertThat(new Posterior(one, zero).kl().item_float()).isEqualTo(0.5f);
    });
  }

  @Test
  void oddSizesAreRefused() {
    assertThatThrownBy(() -> tiny().encode(Tensors.zeros(1, 3, 1, 18, 16)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("multiples of 4");
  }
}
