package io.zoetrope.network.vae;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.network.TestNetworks;
import io.zoetrope.network.vae.Autoencoder.Stretch;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StretchesTest {
  private static final Stretches WHOLE = new Stretches(Causal.WHOLE);

  private static Tensor pixels(int frames) {
    return TestNetworks.normal("x", 2, 3, frames, 8, 8);
  }

  /** What is cut is what is whole, if a stretch sees what its frames owe something to. */
  @ParameterizedTest
  @CsvSource({"1, 1", "2, 1", "3, 1", "3, 2", "1, 3", "6, 1", "7, 1"})
  void stretchesOfCausalClipsAreThoseOfTheWhole(int latents, int before) {
    Stretches cut = new Stretches(new Causal(new Stretch(latents, before)));
    Scopes.run(() -> {
      Tensor x = pixels(25);
      Tensor z = WHOLE.encode(x, Progress.NONE);
      assertThat(Tensors.shape(z)).containsExactly(2, 4, 7, 2, 2);
      assertThat(Tensors.toBytes(cut.encode(x, Progress.NONE))).isEqualTo(Tensors.toBytes(z));
      Tensor back = WHOLE.decode(z, Progress.NONE);
      assertThat(Tensors.shape(back)).containsExactly(2, 3, 25, 8, 8);
      assertThat(Tensors.toBytes(cut.decode(z, Progress.NONE))).isEqualTo(Tensors.toBytes(back));
      List<Tensor> taken = new ArrayList<>();
      cut.decode(z, part -> taken.add(part.clone()), Progress.NONE);
      assertThat(taken).hasSize(Math.ceilDiv(7, latents));
    });
  }

  @Test
  void handedOverAsMade() {
    List<Long> counts = new ArrayList<>();
    List<Long> first = new ArrayList<>();
    List<Long> done = new ArrayList<>();
    Scopes.run(() ->
        new Stretches(Causal.USUAL)
            .decode(
                TestNetworks.normal("z", 1, 4, 7, 2, 2),
                x -> counts.add(x.size(2)),
                report -> {
                  first.add(report.firstFrame());
                  done.add(report.done());
                  assertThat(report.total()).isEqualTo(25);
                }));
    // The first latent is one frame; what is seen before a stretch is not handed over.
    assertThat(counts).containsExactly(9L, 12L, 4L);
    assertThat(first).isSorted();
    assertThat(done).containsExactly(9L, 21L, 25L);
  }

  @Test
  void aLatentThatIsNotFullIsFilledWithTheLastFrame() {
    Scopes.run(() -> {
      Tensor x = pixels(6);
      Tensor last = x.narrow(2, 5, 1);
      Tensor full = Tensors.cat(List.of(x, last, last, last), 2);
      assertThat(Tensors.toBytes(WHOLE.encode(x, Progress.NONE)))
          .isEqualTo(Tensors.toBytes(WHOLE.encode(full, Progress.NONE)));
    });
  }

  @Test
  void largeFramesAreDoneAFewAtATime() {
    Pixels pixels = Pixels.INSTANCE;
    assertThat(pixels.stretch(16, 16)).isEqualTo(new Stretch(64, 0));
    assertThat(pixels.stretch(128, 128)).isEqualTo(new Stretch(64, 0));
    assertThat(pixels.stretch(512, 512)).isEqualTo(new Stretch(4, 0));
    assertThat(pixels.stretch(1024, 1024)).isEqualTo(new Stretch(1, 0));
    assertThat(pixels.stretch(4096, 4096)).isEqualTo(new Stretch(1, 0));
  }

  @Test
  void autoencodersOfPicturesAreCutAnywhere() {
    List<Long> counts = new ArrayList<>();
    Scopes.run(() -> {
      Tensor z = TestNetworks.normal("z", 1, 3, 130, 2, 2);
      new Stretches(Pixels.INSTANCE).decode(z, x -> counts.add(x.size(2)), Progress.NONE);
      assertThat(Tensors.toBytes(new Stretches(Pixels.INSTANCE).encode(z, Progress.NONE)))
          .isEqualTo(Tensors.toBytes(z));
    });
    assertThat(counts).containsExactly(64L, 64L, 2L);
  }

  @Test
  void whatCannotBeCutIsSaid() {
    assertThat(Stretch.WHOLE.streams()).isFalse();
    Stretches blind = new Stretches(new Causal(new Stretch(4, 0)));
    assertThatThrownBy(() -> blind.decode(Tensors.zeros(1, 4, 1, 2, 2), Progress.NONE))
        .hasMessageContaining("at least one latent before");
    assertThatThrownBy(() -> new Stretch(0, 0)).hasMessageContaining("at least 1 latent");
  }
}
