package io.zoetrope.network.unet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.Parity;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.error.UserError;
import io.zoetrope.network.PictureSlots;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.List;
import java.util.function.BiConsumer;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

/** The network of Stable Video Diffusion against UNetSpatioTemporalConditionModel of diffusers. */
class StableVideoParityTest {
  private static final long FRAMES = 5;

  private static void with(BiConsumer<Parity, Reference> test) {
    try (Reference reference = Reference.of("svd/unet")) {
      Scopes.run(() -> test.accept(reference.parity(), reference));
    }
  }

  /** The picture has one token. */
  private static Conditioning told(Parity parity, long first, long clips) {
    Tensor ids = parity.get("ids").narrow(0, first, clips);
    return Conditioning.none()
        .with(PictureSlots.TOKENS, parity.get("context").narrow(0, first, clips).unsqueeze(1))
        // The reference's numbers are one less.
        .with(Conditioning.RATE, ids.select(1, 0).add(Tensors.full(1, 1)))
        .with(Conditioning.MOTION, ids.select(1, 1))
        .with(Conditioning.AUGMENTATION, ids.narrow(1, 2, 1).expand(clips, FRAMES));
  }

  private static Tensor clips(Tensor x_BFCHW) {
    return x_BFCHW.transpose(1, 2);
  }

  private static Tensor level(Parity parity, long first, long clips, long frames) {
    return parity.get("level").narrow(0, first, clips).unsqueeze(1).expand(clips, frames);
  }

  @Test
  void twoClipsAreTheReferences() {
    with((parity, reference) -> {
      Tensor z = clips(parity.get("sample"));
      Tensor y = reference.unet().predict(z, level(parity, 0, 2, FRAMES), told(parity, 0, 2));
      parity.check("out", clips(y));
    });
  }

  /** The reference once read the first clip's picture for all of a batch. */
  @Test
  void aBatchOfTwoIsTwoBatchesOfOne() {
    with((parity, reference) -> {
      UNet unet = reference.unet();
      Tensor z = clips(parity.get("sample"));
      for (int i = 0; i < 2; i++) {
        Tensor one =
            unet.predict(z.narrow(0, i, 1), level(parity, i, 1, FRAMES), told(parity, i, 1));
        Tensor both = parity.get("out").narrow(0, i, 1);
        assertThat(Parity.distance(clips(one), both)).isLessThan(1e-5);
      }
    });
  }

  @Test
  void aClipOfOneFrameIsTheReferences() {
    with((parity, reference) -> {
      Tensor z = clips(parity.get("sample").narrow(0, 0, 1).narrow(1, 0, 1));
      Conditioning told = told(parity, 0, 1).frames(0, 1);
      parity.check("out.one", clips(reference.unet().predict(z, level(parity, 0, 1, 1), told)));
    });
  }

  /** Frames alone are the reference's images; and the network without its temporal layers. */
  @Test
  void framesAloneAreImages() {
    with((parity, reference) -> {
      Tensor z = clips(parity.get("sample"));
      Conditioning alone =
          told(parity, 0, 2)
              .with(
                  Conditioning.FRAME_GROUPS,
                  Tensors.of(new long[] {0, 1, 2, 3, 4, 0, 1, 2, 3, 4}, 2, FRAMES));
      Tensor y = reference.unet().predict(z, level(parity, 0, 2, FRAMES), alone);
      parity.check("out.images", clips(y));
    });
  }

  /** An image packed beside a clip changes nothing of it, though norms reach over whole clips. */
  @Test
  void groupsOfOneBatchAreTheSameApart() {
    with((parity, reference) -> {
      UNet unet = reference.unet();
      Tensor z = clips(parity.get("sample")).narrow(0, 0, 1);
      Tensor t_BF = parity.get("levels").narrow(0, 0, 1);
      Conditioning told = told(parity, 0, 1);
      Tensor packed =
          unet.predict(
              z,
              t_BF,
              told.with(
                  Conditioning.FRAME_GROUPS, Tensors.of(new long[] {0, 0, 0, 1, 1}, 1, FRAMES)));
      Tensor clip = unet.predict(z.narrow(2, 0, 3), t_BF.narrow(1, 0, 3), told.frames(0, 3));
      assertThat(Parity.distance(packed.narrow(2, 0, 3), clip)).isLessThan(1e-5);
    });
  }

  @Test
  void framesHaveLevelsOfTheirOwn() {
    with((parity, reference) -> {
      Tensor z = clips(parity.get("sample"));
      Tensor y = reference.unet().predict(z, parity.get("levels"), told(parity, 0, 2));
      parity.check("out.levels", clips(y));
    });
  }

  @Test
  void bf16IsNoFurtherThanTheReferences() {
    with((parity, reference) -> {
      Tensor z = clips(parity.get("sample"));
      UNet unet = reference.unet(Precision.BF16);
      Tensor y = unet.predict(z, level(parity, 0, 2, FRAMES), told(parity, 0, 2));
      parity.checkBf16("out", clips(y));
    });
  }

  /** A number that is not said is another one than any that is. */
  @Test
  void numbersMayBeLeftOut() {
    with((parity, reference) -> {
      UNet unet = reference.unet();
      Tensor z = clips(parity.get("sample"));
      Conditioning told = told(parity, 0, 2);
      Tensor t_BF = level(parity, 0, 2, FRAMES);
      Tensor without = unet.predict(z, t_BF, told.only(slot -> !slot.equals(Conditioning.MOTION)));
      Tensor unsaid = unet.predict(z, t_BF, told.with(Conditioning.MOTION, Tensors.full(-1, 2)));
      assertThat(Parity.distance(without, unsaid)).isZero();
      assertThat(Parity.distance(without, clips(parity.get("out")))).isGreaterThan(1e-3);
    });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{} | 'num_attention_heads' is missing",
        "{'num_attention_heads': [5, 10]} | 'num_attention_heads' must be 4 whole numbers",
        "{'num_attention_heads': [5, 10, 20, 7]} | does not split into 7 heads",
        "{'num_attention_heads': 5, 'layers_per_block': [1, 2, 2, 2]} | the same at every",
        "{'num_attention_heads': 5, 'transformer_layers_per_block': 2} | knows nothing",
        "{'num_attention_heads': 5, 'projection_class_embeddings_input_dim': 512} | 3 times",
        "{'num_attention_heads': 5, 'down_block_types': ['DownBlockSpatioTemporal']} | equally many",
        "{'num_attention_heads': 5, 'block_out_channels': [320], 'down_block_types':"
            + " ['DownBlock2D']} | unknown block 'DownBlock2D'",
        "{'num_attention_heads': 5, 'up_block_types': ['UpBlockSpatioTemporal']} | must mirror",
        "{'num_attention_heads': 5, 'in_channels': 'eight'} | must be a whole number",
      })
  void badConfigsAreRefused(String json, String message) {
    assertThatThrownBy(() ->
            DiffusersConfig.unet(
                new JsonMapper()
                    .readTree(
                        json.replace('\'', '"')
                            .replaceFirst(
                                "\\{(\"?)",
                                "{\"_class_name\": \"UNetSpatioTemporalConditionModel\""
                                    + (json.length() > 2 ? ", $1" : "")))))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(message);
  }

  /** Those of the released weights. */
  @Test
  void theReleasedShapeIsRead() {
    UNetConfig config =
        DiffusersConfig.unet(
            new JsonMapper()
                .readTree(
                    "{\"_class_name\": \"UNetSpatioTemporalConditionModel\","
                        + "\"num_attention_heads\": [5, 10, 20, 20]}"));
    assertThat(config.heads()).isEqualTo(List.of(5, 10, 20, 0));
    assertThat(config.takes()).isEqualTo(8);
    assertThat(config.gives()).isEqualTo(4);
    assertThat(config.contextWidth()).isEqualTo(1024);
    assertThat(config.textWidth()).isZero();
  }
}
