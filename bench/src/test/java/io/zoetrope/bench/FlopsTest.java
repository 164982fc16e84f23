package io.zoetrope.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.zoetrope.network.dit.DitConfig;
import io.zoetrope.network.dit.SpaceTimeTransformer;
import io.zoetrope.network.text.TextConfig;
import io.zoetrope.network.text.TextTransformer;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Tensors;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FlopsTest {
  /** Width 8, one block, text of 6; 2 frames of 2x2 latents of 3 channels; 5 words. By hand. */
  @Test
  void oneBlockByHand() {
    DitConfig config = new DitConfig(3, 1, 8, 1, 2, 6, true, true);
    Flops flops = Flops.of(config, new Flops.Input(1, 2, 2, 2, 5));
    double embed = 2 * 8 * 3 * 8; // 8 tokens, 3 -> 8
    double out = 2 * 8 * 8 * 3;
    double levels = 2 * 2 * (256 * 8 + 8 * 8 + 8 * 72); // 2 frames
    double pooled = 2 * 6 * 8;
    double moments = 2 * 2 * 8 * 8; // 2 frames, once for all clips
    double space = 4 * (2 * 8 * 8 * 8); // q, k, v, out of 8 tokens
    double time = space;
    double text = 2 * (2 * 8 * 8 * 8) + 2 * (2 * 5 * 6 * 8); // q, out of tokens; k, v of words
    double feedForward = 2 * (2 * 8 * 8 * 32);
    assertThat(flops.products())
        .isEqualTo(embed + out + levels + pooled + moments + space + time + text + feedForward);
    double spaceLooks = 2 * (2 * (2 * 4 * 4 * 8)); // 2 frames: q k^T and weights v of 4x4, 8 wide
    double textLooks = 2 * (2 * 8 * 5 * 8);
    double timeLooks = 4 * (2 * (2 * 2 * 2 * 8)); // 4 places of 2x2
    assertThat(flops.attention()).isEqualTo(spaceLooks + textLooks + timeLooks);
  }

  @Test
  void textByHand() {
    Flops flops = Flops.of(new TextConfig(10, 5, 4, 1, 2), 3);
    assertThat(flops.products()).isEqualTo(15 * 2 * (4 * 4 * 4 + 2 * 4 * 16));
    assertThat(flops.attention()).isEqualTo(3 * 2 * (2 * 5 * 5 * 4));
  }

  /** Each matrix of the network itself, times the rows that go through it. */
  @ParameterizedTest
  @ValueSource(strings = {"tiny", "toybox"})
  void everyMatrixOfTheNetworkIsCounted(String size) {
    DitConfig config = DitConfig.size(size);
    Flops.Input in = new Flops.Input(3, 5, 4, 8, 7);
    double tokens = 3 * 5 * 4 * 8 / (double) (config.patch() * config.patch());
    ParameterStore store = store();
    new SpaceTimeTransformer(config, store.root());
    double sum = 0;
    for (Map.Entry<String, Tensor> entry : store.parameters().entrySet()) {
      String name = entry.getKey();
      if (entry.getValue().dim() != 2 || !name.endsWith(".weight")) {
        continue;
      }
      double rows = tokens;
      if (name.contains("timestep_embedder") || name.startsWith("adaln_single.linear")) {
        rows = 3 * 5;
      } else if (name.contains("text_embedder")) {
        rows = 3;
      } else if (name.contains("frame_embedder")) {
        rows = 5;
      } else if (name.contains("attn2.to_k") || name.contains("attn2.to_v")) {
        rows = 3 * 7;
      }
      sum += 2 * rows * entry.getValue().numel();
    }
    assertThat(Flops.of(config, in).products()).isCloseTo(sum, within(sum * 1e-12));
    store.close();
  }

  @Test
  void everyMatrixOfTheTextEncoderIsCounted() {
    TextConfig config = new TextConfig(50, 24, 32, 2, 4);
    ParameterStore store = store();
    new TextTransformer(config, store.root());
    double sum = 0;
    for (Map.Entry<String, Tensor> entry : store.parameters().entrySet()) {
      long[] shape = Tensors.shape(entry.getValue());
      if (shape.length == 2 && !entry.getKey().contains("embedding")) {
        sum += 2.0 * 3 * 24 * shape[0] * shape[1];
      }
    }
    assertThat(Flops.of(config, 3).products()).isEqualTo(sum);
    store.close();
  }

  @Test
  void aTrainingStepIsThreeForwardPasses() {
    assertThat(new Flops(10, 1).training().total()).isEqualTo(33);
  }

  private static ParameterStore store() {
    return ParameterStore.forTraining(Map.of(), new RandomStreams(1), Precision.F32);
  }
}
