package io.zoetrope.network.unet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.Parity;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.error.UserError;
import io.zoetrope.network.FrameText;
import io.zoetrope.network.FrameWindows;
import io.zoetrope.network.FrameWindows.Weighting;
import io.zoetrope.network.MotionStrength;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Against diffusers' FreeNoiseTransformerBlock ({@code reference/make_freeinit.py}). */
class FrameWindowsTest {
  private static final TemporalBlock.MotionModule MODULE =
      new TemporalBlock.MotionModule(2, MotionBlocks.all(1), 2, 8, false);

  private static String word(Weighting weighting) {
    return weighting.name().toLowerCase(Locale.ROOT);
  }

  @ParameterizedTest
  @EnumSource(Weighting.class)
  void weightsAreTheReferences(Weighting weighting) {
    try (Parity parity = Parity.of("freeinit")) {
      for (int length : new int[] {4, 5, 16}) {
        float[] ours = new FrameWindows(length, 1, weighting).over(length + 1).getFirst().weights();
        if (weighting == Weighting.DELAYED_REVERSE_SAWTOOTH && length == 5) {
          // The reference makes six weights of five, and fails; this is what its comment says.
          assertThat(ours).containsExactly(0.01f, 0.01f, 3, 2, 1);
          continue;
        }
        assertThat(ours)
            .isEqualTo(Tensors.toFloats(parity.get("weights." + word(weighting) + "." + length)));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"12, 4, 2", "24, 16, 4", "9, 3, 3"})
  void windowsAreTheReferences(int frames, int length, int stride) {
    try (Parity parity = Parity.of("freeinit")) {
      long[] spans =
          Tensors.toLongs(parity.get("windows.%s.%s.%s".formatted(frames, length, stride)));
      List<FrameWindows.Window> ours =
          new FrameWindows(length, stride, Weighting.FLAT).over(frames);
      assertThat(ours).hasSize(spans.length / 2);
      for (int i = 0; i < ours.size(); i++) {
        assertThat(ours.get(i).first()).isEqualTo((int) spans[2 * i]);
        assertThat(ours.get(i).weights()).hasSize((int) (spans[2 * i + 1] - spans[2 * i]));
      }
    }
  }

  @Test
  void theLastWindowIsMovedBackAndCountsWhatIsLeft() {
    FrameWindows windows = new FrameWindows(4, 3, Weighting.PYRAMID);
    List<FrameWindows.Window> over = windows.over(9);
    assertThat(over).hasSize(3);
    assertThat(over.get(2).first()).isEqualTo(5);
    assertThat(over.get(2).weights()).containsExactly(0, 0, 2, 1);
    assertThat(windows.over(3)).hasSize(1);
    assertThat(windows.over(3).getFirst().weights()).containsExactly(1, 1, 1);
  }

  private static Tensor forward(Parity parity, Tensor x_PFC, Optional<FrameWindows> windows) {
    Map<String, Tensor> weights = new TreeMap<>();
    for (String name : parity.io().entries().keySet()) {
      if (name.startsWith("block.weights.")) {
        weights.put(name.substring("block.weights.".length()), parity.get(name));
      }
    }
    try (ParameterStore store = ParameterStore.forInference(weights, Precision.F32)) {
      MotionModule.Block block = MotionModule.Block.of(MODULE.shape(16, 1), store.root());
      store.requireComplete("block");
      // The reference has places in the batch: [B N, F, C].
      long frames = x_PFC.size(1);
      Tensor x_BFNC = x_PFC.view(2, 3, frames, 16).permute(0, 2, 1, 3);
      Tensor none = Tensors.zeros(1, 1, 1);
      FrameText text = FrameText.of(Conditioning.text(none.expand(2, 1, 1)), 2, frames);
      float[] times = new float[(int) frames];
      for (int i = 0; i < times.length; i++) {
        times[i] = i;
      }
      Pass pass =
          new Pass(
              frames,
              times,
              Optional.empty(),
              Optional.empty(),
              windows,
              new MotionStrength(Optional.empty(), Optional.empty()),
              Optional.empty(),
              Optional.of(text),
              Optional.empty(),
              none,
              none,
              Optional.empty());
      return block.forward(x_BFNC, pass).permute(0, 2, 1, 3).reshape(6, frames, 16);
    }
  }

  @ParameterizedTest
  @EnumSource(Weighting.class)
  void aBlockIsTheReferences(Weighting weighting) {
    Scopes.run(() -> {
      try (Parity parity = Parity.of("freeinit")) {
        Optional<FrameWindows> windows = Optional.of(new FrameWindows(4, 2, weighting));
        parity.check(
            "block." + word(weighting) + ".out", forward(parity, parity.get("block.x"), windows));
      }
    });
  }

  @Test
  void oneWindowIsThePlainBlock() {
    Scopes.run(() -> {
      try (Parity parity = Parity.of("freeinit")) {
        Tensor x = parity.get("block.x").narrow(1, 0, 8);
        parity.check("block.short", forward(parity, x, Optional.empty()));
        parity.check(
            "block.short",
            forward(parity, x, Optional.of(new FrameWindows(8, 4, Weighting.PYRAMID))));
      }
    });
  }

  @Test
  void aConditioningCarriesThem() {
    Scopes.run(() -> {
      FrameWindows windows = new FrameWindows(16, 4, Weighting.PYRAMID);
      assertThat(Conditioning.none().with(FrameWindows.SLOT, windows).get(FrameWindows.SLOT))
          .contains(windows);
      assertThat(Conditioning.none().get(FrameWindows.SLOT)).isEmpty();
    });
    assertThatThrownBy(() -> new FrameWindows(4, 5, Weighting.FLAT))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("by 1 to 4 frames, not by 5");
  }
}
