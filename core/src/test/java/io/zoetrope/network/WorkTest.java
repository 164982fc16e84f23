package io.zoetrope.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.zoetrope.Parity;
import io.zoetrope.checkpoint.JsonFiles;
import io.zoetrope.network.dit.DitConfig;
import io.zoetrope.network.dit.SpaceTimeTransformer;
import io.zoetrope.network.text.TextConfig;
import io.zoetrope.network.text.TextTransformer;
import io.zoetrope.network.unet.Inflation;
import io.zoetrope.network.unet.LayerStyle;
import io.zoetrope.network.unet.Middle;
import io.zoetrope.network.unet.UNetConfig;
import io.zoetrope.network.wan.WanConfig;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Tensors;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Operations, by hand and by the matrices of the networks themselves. */
class WorkTest {
  /** Width 8, one block, text of 6; 2 frames of 2x2 latents of 3 channels; 5 words. By hand. */
  @Test
  void oneBlockByHand() {
    DitConfig config = new DitConfig(3, 1, 8, 1, 2, 6, true, true);
    Work flops = config.work(new Work.Input(1, 2, 2, 2, 5)).orElseThrow();
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
    Work flops = new TextConfig(10, 5, 4, 1, 2).work(3);
    assertThat(flops.products()).isEqualTo(15 * 2 * (4 * 4 * 4 + 2 * 4 * 16));
    assertThat(flops.attention()).isEqualTo(3 * 2 * (2 * 5 * 5 * 4));
  }

  /** Each matrix of the network itself, times the rows that go through it. */
  @ParameterizedTest
  @ValueSource(strings = {"tiny", "toybox"})
  void everyMatrixOfTheNetworkIsCounted(String size) {
    DitConfig config = DitConfig.size(size);
    Work.Input in = new Work.Input(3, 5, 4, 8, 7);
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
    assertThat(config.work(in).orElseThrow().products()).isCloseTo(sum, within(sum * 1e-12));
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
    assertThat(config.work(3).products()).isEqualTo(sum);
    store.close();
  }

  @Test
  void aTrainingStepIsThreeForwardPasses() {
    assertThat(new Work(10, 0, 1).training().total()).isEqualTo(33);
  }

  private static ParameterStore store() {
    return ParameterStore.forTraining(Map.of(), new RandomStreams(1), Precision.F32);
  }

  /** Each matrix of the transformer, times the rows that go through it. */
  @ParameterizedTest
  @ValueSource(strings = {"t2v", "i2v", "flf", "vace"})
  void everyMatrixOfWanIsCounted(String fixture) {
    WanConfig config;
    try (Parity parity = Parity.of("wan/" + fixture)) {
      config = JsonFiles.read(parity.folder().resolve("config.json"), WanConfig.class);
    }
    Work.Input in = new Work.Input(2, 3, 6, 8, 512);
    double each = 3 * 3 * 4;
    int pictures = config.pictures().map(p -> p.places() == 0 ? 257 : p.places()).orElse(0);
    ParameterStore store = store();
    config.build(store.root());
    double sum = 0;
    double looks = 0;
    for (Map.Entry<String, Tensor> entry : store.parameters().entrySet()) {
      String name = entry.getKey();
      long[] shape = Tensors.shape(entry.getValue());
      if (shape.length < 2 || !name.endsWith(".weight")) {
        continue;
      }
      boolean text = name.contains("text_embedder") || name.matches(".*attn2.to_[kv].weight");
      boolean picture = name.contains("image_embedder") || name.contains(".add_");
      boolean level = name.contains("time_");
      double rows = text ? 512 : picture ? pictures : level ? 3 : each;
      sum += 2 * 2 * rows * entry.getValue().numel();
      if (name.endsWith("attn1.to_q.weight")) {
        looks += 2 * 4 * each * each * shape[0];
      } else if (name.endsWith("attn2.to_q.weight")) {
        looks += 2 * 4 * each * (512 + pictures) * shape[0];
      }
    }
    Work work = config.work(in).orElseThrow();
    assertThat(work.products()).isCloseTo(sum, within(sum * 1e-12));
    assertThat(work.attention()).isCloseTo(looks, within(looks * 1e-12));
    assertThat(work.convolutions()).isZero();
    store.close();
  }

  /** Two resolutions, a residual block in each on the way down and two on the way up, by hand. */
  @Test
  void aNetworkOfConvolutionsByHand() {
    UNetConfig config =
        new UNetConfig(
            4,
            4,
            List.of(8, 16),
            List.of(0, 0),
            Middle.NONE,
            1,
            0,
            new LayerStyle(8, 1e-5, LayerStyle.Modulation.SHIFT, false, false, false),
            Inflation.NONE);
    // Pictures of 7x8, which become 4x4, of 2 frames.
    double fine = 2 * 2 * 56;
    double coarse = 2 * 2 * 16;
    double larger = 16 * 16;
    double inFine = 4 * 8 + 2 * 8 * 8 + larger + (24 * 8 + 8 * 8) + (16 * 8 + 8 * 8) + 8 * 4;
    double inCoarse = 8 * 8 + (8 * 16 + 16 * 16) + (32 * 16 + 16 * 16) + (24 * 16 + 16 * 16);
    double shortcuts = fine * (24 * 8 + 16 * 8) + coarse * (8 * 16 + 32 * 16 + 24 * 16);
    double levels = 2 * 2 * (8 * 32 + 32 * 32 + 32 * (8 + 16 + 16 + 16 + 8 + 8));
    Work work = config.work(new Work.Input(1, 2, 7, 8, 0)).orElseThrow();
    assertThat(work.convolutions()).isEqualTo(9 * (fine * inFine + coarse * inCoarse));
    assertThat(work.products()).isEqualTo(shortcuts + levels);
    assertThat(work.attention()).isZero();
  }

  /**
   * Stable Diffusion 1.5, 64x64 latents, 77 words: published counts (of multiplications and
   * additions together as one) are about 340 G without and 400 G with attention.
   */
  @Test
  void stableDiffusionAsPublished() {
    UNetConfig config = UNetConfig.size("sd15");
    Work work = config.work(new Work.Input(1, 1, 64, 64, 77)).orElseThrow();
    assertThat(work.total() / 2e9).isBetween(300.0, 450.0);
  }
}
