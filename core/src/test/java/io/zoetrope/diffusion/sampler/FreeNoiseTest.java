package io.zoetrope.diffusion.sampler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.Parity;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against diffusers' AnimateDiffFreeNoiseMixin, and what Noise promises. */
class FreeNoiseTest {
  private static final Noise NOISE = Noise.of(new RandomStreams(11), 2);

  @ParameterizedTest
  @CsvSource({"12, 4, 2", "11, 4, 2", "24, 8, 3", "40, 16, 4", "20, 4, 4"})
  void theOrderIsTheReferences(int frames, int window, int stride) {
    Scopes.run(() -> {
      try (Parity parity = Parity.of("freeinit")) {
        String name = "shuffle.%s.%s.%s".formatted(frames, window, stride);
        Tensor orders = parity.get(name + ".perm");
        FreeNoise free = new FreeNoise(window, stride, FreeNoise.Order.SHUFFLED);
        long[] ours = new long[frames];
        for (int f = 0; f < frames; f++) {
          ours[f] =
              free.source(
                  f,
                  block ->
                      Arrays.stream(Tensors.toLongs(orders.select(0, block)))
                          .mapToInt(Math::toIntExact)
                          .toArray());
        }
        assertThat(ours).isEqualTo(Tensors.toLongs(parity.get(name + ".order")));
      }
    });
  }

  @Test
  void laterFramesAreBornOfEarlierOnesNoise() {
    Scopes.run(() -> {
      Noise free = new FreeNoise(4, 2, FreeNoise.Order.SHUFFLED).over(NOISE);
      Tensor eps = free.normal("start", 0, Tensors.zeros(2, 1, 12, 3, 3));
      Tensor plain = NOISE.normal("start", 0, Tensors.zeros(2, 1, 4, 3, 3));
      assertThat(Tensors.toBytes(eps.narrow(2, 0, 4))).isEqualTo(Tensors.toBytes(plain));
      for (int clip = 0; clip < 2; clip++) {
        for (int f = 4; f < 12; f++) {
          byte[] frame = Tensors.toBytes(eps.select(0, clip).select(1, f));
          // Frames 4 and 5 are those of 0 and 1 in some order, 6 and 7 those of 2 and 3, and so on.
          int from = (f - 4) / 2 * 2;
          assertThat(
                  Arrays.equals(frame, Tensors.toBytes(eps.select(0, clip).select(1, from)))
                      || Arrays.equals(
                          frame, Tensors.toBytes(eps.select(0, clip).select(1, from + 1))))
              .as("clip %d frame %d", clip, f)
              .isTrue();
        }
      }
      // Noise of other uses is each frame's own.
      Tensor step = free.normal("ddim", 3, Tensors.zeros(2, 1, 12, 3, 3));
      assertThat(Tensors.toBytes(step))
          .isEqualTo(Tensors.toBytes(NOISE.normal("ddim", 3, Tensors.zeros(2, 1, 12, 3, 3))));
    });
  }

  @Test
  void aFramesNoiseDoesNotDependOnHowManyFollow() {
    Scopes.run(() -> {
      for (FreeNoise.Order order : FreeNoise.Order.values()) {
        Noise free = new FreeNoise(8, 3, order).over(NOISE);
        Tensor few = free.normal("start", 0, Tensors.zeros(2, 1, 13, 2, 2));
        Tensor many = free.normal("start", 0, Tensors.zeros(2, 1, 40, 2, 2));
        assertThat(Tensors.toBytes(many.narrow(2, 0, 13))).isEqualTo(Tensors.toBytes(few));
        Tensor later = free.from(30).normal("start", 0, Tensors.zeros(2, 1, 10, 2, 2));
        assertThat(Tensors.toBytes(many.narrow(2, 30, 10))).isEqualTo(Tensors.toBytes(later));
      }
    });
  }

  @Test
  void givenNoiseIsRepeatedToo() {
    Scopes.run(() -> {
      Tensor brought = NOISE.normal("mine", 0, Tensors.zeros(2, 1, 4, 2, 2));
      Noise free =
          new FreeNoise(4, 4, FreeNoise.Order.REPEATED)
              .over(NOISE.with(Noise.Given.start(brought, 0)));
      Tensor eps = free.normal("start", 0, Tensors.zeros(2, 1, 10, 2, 2));
      assertThat(Tensors.toBytes(eps.narrow(2, 0, 4))).isEqualTo(Tensors.toBytes(brought));
      assertThat(Tensors.toBytes(eps.narrow(2, 4, 4))).isEqualTo(Tensors.toBytes(brought));
      assertThat(Tensors.toBytes(eps.narrow(2, 8, 2)))
          .isEqualTo(Tensors.toBytes(brought.narrow(2, 0, 2)));
    });
  }

  @Test
  void whatIsWrongIsSaid() {
    assertThatThrownBy(() -> new FreeNoise(4, 5, FreeNoise.Order.SHUFFLED))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("a stride of 1 to the 4 frames");
  }
}
