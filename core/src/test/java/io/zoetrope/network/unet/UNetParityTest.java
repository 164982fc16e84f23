package io.zoetrope.network.unet;

import static io.zoetrope.network.unet.Reference.conditioning;
import static io.zoetrope.network.unet.Reference.eachItsText;
import static io.zoetrope.torch.Rearrange.rearrange;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.Parity;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.network.PictureSlots;
import io.zoetrope.nn.Holding;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.torch.AttentionKernel;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The image network against UNet2DConditionModel of diffusers. */
class UNetParityTest {
  @ParameterizedTest
  @ValueSource(strings = {"unet/sd1", "unet/sd2"})
  void rowsOfABatchAreClipsOfOneFrame(String fixture) {
    try (Reference reference = Reference.of(fixture)) {
      Parity parity = reference.parity();
      Scopes.run(() -> {
        UNet unet = reference.unet();
        Tensor z = parity.get("sample").unsqueeze(2);
        Tensor t_BF = parity.get("timestep").unsqueeze(1);
        Tensor y = unet.predict(z, t_BF, conditioning(parity));
        parity.check("out", y.squeeze(2));
        Tensor one = unet.predict(z, Tensors.full(501, z.size(0), 1), conditioning(parity));
        parity.check("out.one", one.squeeze(2));
      });
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"unet/sd1", "unet/sd2"})
  void framesOfOneClipHaveTextsAndLevelsOfTheirOwn(String fixture) {
    try (Reference reference = Reference.of(fixture)) {
      Parity parity = reference.parity();
      Scopes.run(() -> {
        Tensor z = parity.get("sample").transpose(0, 1).unsqueeze(0);
        Tensor t_BF = parity.get("timestep").unsqueeze(0);
        Tensor y = reference.unet().predict(z, t_BF, eachItsText(parity));
        parity.check("out", y.squeeze(0).transpose(0, 1));
      });
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"unet/sd1", "unet/sd2"})
  void bf16IsNoFurtherThanTheReferences(String fixture) {
    try (Reference reference = Reference.of(fixture)) {
      Parity parity = reference.parity();
      Scopes.run(() -> {
        Tensor z = parity.get("sample").unsqueeze(2);
        Tensor t_BF = parity.get("timestep").unsqueeze(1);
        UNet unet = reference.unet(Precision.BF16);
        parity.checkBf16("out", unet.predict(z, t_BF, conditioning(parity)).squeeze(2));
      });
    }
  }

  /** unCLIP's decoder is told a picture's embedding. */
  @Test
  void aPicturesEmbeddingIsTold() {
    told(
        "unet/unclip",
        parity -> conditioning(parity).with(PictureSlots.EMBEDDING, parity.get("class_labels")));
  }

  /** Stable Diffusion's upscaler is told how noisy what is beside the video is. */
  @Test
  void aLevelOfNoiseBesideIsTold() {
    told(
        "unet/x4",
        parity -> {
          Tensor label_BF = parity.get("class_labels").to(ScalarType.Long).unsqueeze(1);
          return conditioning(parity).with(Conditioning.BESIDE_LABEL, label_BF);
        });
  }

  private static void told(String fixture, Function<Parity, Conditioning> conditions) {
    try (Reference reference = Reference.of(fixture)) {
      Parity parity = reference.parity();
      Scopes.run(() -> {
        Tensor z = parity.get("sample").unsqueeze(2);
        Tensor t_BF = parity.get("timestep").unsqueeze(1);
        Conditioning told = conditions.apply(parity);
        UNet unet = reference.unet();
        parity.check("out", unet.predict(z, t_BF, told).squeeze(2));
        assertThatThrownBy(() -> unet.signature().orElseThrow().require(conditioning(parity)))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("needs");
        UNet half = reference.unet(Precision.BF16);
        parity.checkBf16("out", half.predict(z, t_BF, told).squeeze(2));
      });
    }
  }

  @Test
  void guidanceIsToldBesideTheLevel() {
    try (Reference reference = Reference.of("unet/lcm")) {
      Parity parity = reference.parity();
      Scopes.run(() -> {
        Tensor z = parity.get("sample").unsqueeze(2);
        Tensor t_BF = parity.get("timestep").unsqueeze(1);
        Conditioning told =
            conditioning(parity).with(Conditioning.GUIDANCE, parity.get("guidance").unsqueeze(1));
        parity.check("out", reference.unet().predict(z, t_BF, told).squeeze(2));
      });
    }
  }

  @Test
  void slicedAttentionIsAsNear() {
    try (Reference reference = Reference.of("unet/sd1");
        ParameterStore store =
            ParameterStore.of(
                reference.weights().tensors(),
                Holding.mapped(Precision.F32).with(new AttentionKernel.Sliced(2048)))) {
      Scopes.run(() -> {
        UNet unet = reference.config().build(store.root());
        Parity parity = reference.parity();
        Tensor z = parity.get("sample").unsqueeze(2);
        Tensor t_BF = parity.get("timestep").unsqueeze(1);
        parity.check("out", unet.predict(z, t_BF, conditioning(parity)).squeeze(2));
      });
    }
  }

  @Test
  void optionsMeanWhatTheyMeanThere() {
    try (Reference reference = Reference.of("unet/sd2")) {
      UNetConfig config = reference.config();
      assertThat(config.heads()).isEqualTo(List.of(1, 0));
      assertThat(config.middle().heads()).isEqualTo(4);
      assertThat(config.channels()).isEqualTo(9);
      assertThat(config.style().eps()).isEqualTo(1e-6);
      assertThat(config.style().linearProjection()).isTrue();
    }
  }

  static Stream<Arguments> patterns() {
    return Stream.of(
        Arguments.of("out.first", new SpatialAttention.FirstFrame()),
        Arguments.of("out.sparse_causal", new SpatialAttention.SparseCausal()),
        Arguments.of("out.all", new SpatialAttention.AllFrames()));
  }

  /** Two clips of three frames; CrossFrameAttnProcessor of diffusers is the first. */
  @ParameterizedTest
  @MethodSource("patterns")
  void framesLookAtOtherFramesByPattern(String name, SpatialAttention pattern) {
    try (Reference sd1 = Reference.of("unet/sd1");
        Parity parity = Parity.of("unet/crossframe")) {
      Scopes.run(() -> {
        UNet unet = sd1.build(sd1.config().inflated(Inflation.NONE.looking(pattern))::build);
        Tensor z = rearrange(parity.get("sample"), "(b f) c h w -> b c f h w", "b", 2);
        Tensor texts =
            rearrange(parity.get("encoder_hidden_states"), "(b f) n d -> b f n d", "b", 2);
        Conditioning each =
            Conditioning.none()
                .with(Conditioning.TEXT, texts)
                .with(Conditioning.FRAME_TEXTS, Tensors.of(new long[] {0, 1, 2, 0, 1, 2}, 2, 3));
        Tensor t_BF = Tensors.full(700, 2, 3);
        Tensor y = unet.predict(z, t_BF, each);
        parity.check(name, rearrange(y, "b c f h w -> (b f) c h w"));
        // All frames in one group is the same by another way.
        Conditioning grouped = each.with(Conditioning.FRAME_GROUPS, Tensors.of(new long[6], 2, 3));
        parity.check(name, rearrange(unet.predict(z, t_BF, grouped), "b c f h w -> (b f) c h w"));
        // Each frame alone is the image network.
        Conditioning alone =
            each.with(Conditioning.FRAME_GROUPS, Tensors.of(new long[] {0, 1, 2, 0, 1, 2}, 2, 3));
        double apart =
            Parity.distance(unet.predict(z, t_BF, alone), sd1.unet().predict(z, t_BF, each));
        assertThat(apart).isLessThan(1e-5);
      });
    }
  }

  /** Two clips of four frames under the network of Tune-A-Video's public code. */
  @Test
  void aTunedNetworkIsTuneAVideos() {
    try (Reference reference = Reference.of("unet/tune-a-video")) {
      Parity parity = reference.parity();
      Scopes.run(() -> {
        UNetConfig config = reference.config().inflated(Inflation.TUNE_A_VIDEO);
        Tensor z = rearrange(parity.get("sample"), "(b f) c h w -> b c f h w", "b", 2);
        Tensor t_BF = Tensors.full(640, 2, 4);
        UNet unet = reference.build(config::build);
        Tensor y = unet.predict(z, t_BF, conditioning(parity));
        parity.check("out", rearrange(y, "b c f h w -> (b f) c h w"));
        // Norms of each frame are another network.
        UNet other = reference.build(config.inflated(FRAMEWISE)::build);
        Tensor far =
            rearrange(other.predict(z, t_BF, conditioning(parity)), "b c f h w -> (b f) c h w");
        assertThat(Parity.distance(far, parity.get("out"))).isGreaterThan(1e-3);
      });
    }
  }

  private static final Inflation FRAMEWISE = Inflation.TUNE_A_VIDEO.normed(NormScope.FRAME);
}
