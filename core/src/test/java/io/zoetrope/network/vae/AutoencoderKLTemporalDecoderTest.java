package io.zoetrope.network.vae;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.Parity;
import io.zoetrope.checkpoint.JsonFiles;
import io.zoetrope.checkpoint.keys.VaeFile;
import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.error.UserError;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.progress.Progress;
import io.zoetrope.progress.Report;
import io.zoetrope.torch.Autograd;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.BiConsumer;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against the fixture of reference/make_temporal_decoder.py. */
class AutoencoderKLTemporalDecoderTest {
  private static final String FIXTURE = "temporal_decoder/svd";

  private static void with(
      Precision precision, BiConsumer<Parity, AutoencoderKLTemporalDecoder> body) {
    try (Parity fixture = Parity.of(FIXTURE)) {
      Scopes.run(() ->
          Scopes.noGrad(() -> {
            KlTemporalConfig config = TemporalDecoderWeights.config(fixture.folder());
            ParameterStore store =
                ParameterStore.forInference(TemporalDecoderWeights.of(config), precision);
            AutoencoderKLTemporalDecoder vae = config.build(store.root());
            store.requireComplete(FIXTURE);
            body.accept(fixture, vae);
            store.close();
            return true;
          }));
    }
  }

  private static Tensor part(Parity fixture, long from, long count) {
    return fixture.get("z").narrow(0, from, count);
  }

  @Test
  void encodesAndDecodesAsTheReference() {
    with(
        Precision.F32,
        (fixture, vae) -> {
          fixture.check("mean", vae.posterior(fixture.get("x")).mean());
          fixture.check("one", vae.decodeRaw(part(fixture, 0, 1)));
          fixture.check("clip", vae.decodeRaw(part(fixture, 0, 5)));
          fixture.check("second", vae.decodeRaw(part(fixture, 5, 5)));
        });
  }

  @Test
  void whereGradientsAreRecordedItIsTheSame() {
    with(
        Precision.F32,
        (fixture, vae) ->
            fixture.check("clip", Autograd.recording(() -> vae.decodeRaw(part(fixture, 0, 5)))));
  }

  @Test
  void aBatchIsItsClips() {
    with(
        Precision.F32,
        (fixture, vae) -> {
          Tensor first = part(fixture, 0, 5).transpose(0, 1);
          Tensor second = part(fixture, 5, 5).transpose(0, 1);
          Tensor both = vae.decode(Tensors.stack(List.of(first, second), 0));
          for (int clip = 0; clip < 2; clip++) {
            Tensor alone = vae.decode((clip == 0 ? first : second).unsqueeze(0));
            assertThat(Tensors.toBytes(both.narrow(0, clip, 1))).isEqualTo(Tensors.toBytes(alone));
          }
        });
  }

  @Test
  void groupsOfFramesChangeNothing() {
    with(
        Precision.F32,
        (fixture, vae) -> {
          fixture.check("clip", vae.within(0).decodeRaw(part(fixture, 0, 5)));
          fixture.check("mean", vae.within(0).posterior(fixture.get("x")).mean());
        });
  }

  @Test
  void bf16IsNoFurtherThanTheReferences() {
    with(
        Precision.BF16,
        (fixture, vae) -> fixture.checkBf16("clip", vae.decodeRaw(part(fixture, 0, 5))));
  }

  @Test
  void latentsAreScaledAndStayAsTheyWere() {
    with(
        Precision.F32,
        (fixture, vae) -> {
          double factor = vae.config().image().scalingFactor();
          Tensor z = Ops.mul(part(fixture, 0, 5).transpose(0, 1).unsqueeze(0), factor);
          byte[] before = Tensors.toBytes(z);
          Tensor x = vae.decode(z, Progress.NONE).select(0, 0).transpose(0, 1);
          fixture.check("clip", x);
          assertThat(Tensors.toBytes(z)).isEqualTo(before);
        });
  }

  /** Both dialects: the same weights, the same bits. */
  @ParameterizedTest
  @ValueSource(strings = {"first_stage_model.", ""})
  void singleFilesOfTheFirstCodeAreTheSame(String prefix, @TempDir Path temp) {
    with(
        Precision.F32,
        (fixture, vae) -> {
          Map<String, Tensor> own = TemporalDecoderWeights.of(vae.config());
          Path file = TemporalDecoderWeights.original(fixture.folder(), own, prefix, temp);
          try (VaeFile opened = VaeFile.open(file)) {
            assertThat(opened.names()).containsExactlyInAnyOrderElementsOf(own.keySet());
            assertThat(vae.config().of(opened.names())).isEqualTo(vae.config());
            assertThat(TINY.of(opened.names())).isInstanceOf(KlTemporalConfig.class);
            Map<String, Tensor> read = opened.weights().tensors();
            own.forEach((name, tensor) -> {
              Tensor other = Objects.requireNonNull(read.get(name), name);
              assertThat(Tensors.shape(other)).as(name).isEqualTo(Tensors.shape(tensor));
              assertThat(Tensors.toBytes(other)).as(name).isEqualTo(Tensors.toBytes(tensor));
            });
          }
        });
  }

  private static final KlConfig TINY =
      new KlConfig(List.of(8, 8, 16, 16), 2, 4, 4, 64, 0.18215, 0, true, true, true);

  /** sgm's files have no convolution of the encoder's moments: it is in the layer before. */
  @Test
  void aFileSaysWhichConvolutionsOfLatentsItHas(@TempDir Path temp) {
    Scopes.run(() -> {
      KlTemporalConfig config = new KlTemporalConfig(TINY);
      Map<String, Tensor> own = new LinkedHashMap<>(TemporalDecoderWeights.of(config));
      own.keySet().removeIf(name -> name.startsWith("quant_conv."));
      Path file = temp.resolve("vae.safetensors");
      Safetensors.write(file, own, Map.of());
      try (VaeFile opened = VaeFile.open(file)) {
        AutoencoderConfig read = KlTemporalConfig.SVD.of(opened.names());
        assertThat(read).isInstanceOf(KlTemporalConfig.class);
        KlConfig image = ((KlTemporalConfig) read).image();
        assertThat(image.quantConv()).isFalse();
        assertThat(image.postQuantConv()).isTrue();
      }
    });
  }

  @Test
  void aConfigIsReadAsItWasWritten(@TempDir Path temp) {
    KlConfig bare = new KlConfig(List.of(8, 16), 2, 16, 4, 64, 0.36, 0.1159, false, false, true);
    for (KlConfig image : List.of(TINY, bare, KlTemporalConfig.SVD.image())) {
      KlTemporalConfig config = new KlTemporalConfig(image);
      Path file = temp.resolve("config.json");
      JsonFiles.write(file, config);
      assertThat(JsonFiles.read(file, KlTemporalConfig.class)).isEqualTo(config);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"layers_per_block\": 1}",
        "{}",
        "{\"layers_per_block\": 2, \"block_out_channels\": [32, 48]}",
        "{\"layers_per_block\": 2, \"block_out_channels\": []}",
        "{\"layers_per_block\": 2, \"out_channels\": 4}",
        "{\"layers_per_block\": 2, \"latent_channels\": 0}",
        "{\"layers_per_block\": 2, \"scaling_factor\": -1}",
        "{\"layers_per_block\": 2, \"mid_block_add_attention\": false}",
        "{\"layers_per_block\": 2, \"down_block_types\": [\"AttnDownEncoderBlock2D\"]}",
        "[1, 2]"
      })
  void othersAreRefused(String json, @TempDir Path temp) throws IOException {
    Path file = temp.resolve("config.json");
    Files.writeString(file, json);
    assertThatThrownBy(() -> JsonFiles.read(file, KlTemporalConfig.class))
        .isInstanceOf(UserError.class)
        .message()
        .contains("config.json")
        .hasLineCount(1);
  }

  @Test
  void stableVideoDiffusionsSize() {
    ParameterStore shapes = ParameterStore.blueprint();
    KlTemporalConfig.SVD.build(shapes.root());
    long count = shapes.parameters().values().stream().mapToLong(Tensor::numel).sum();
    assertThat(count).isEqualTo(97_742_847);
  }

  @ParameterizedTest
  @CsvSource({"13, 6, 2", "14, 8, 4", "25, 9, 3", "9, 8, 4", "40, 5, 4", "7, 7, 3", "100, 11, 4"})
  void chunksAreEqualAndOverlap(int frames, int most, int overlap) {
    FadedStretches.Plan plan =
        FadedStretches.Plan.of(frames, new Autoencoder.Stretch(most, 0, overlap));
    assertThat(plan.length()).isLessThanOrEqualTo(most);
    assertThat(plan.from().getFirst()).isZero();
    assertThat(plan.from().getLast() + plan.length()).isEqualTo(frames);
    for (int i = 1; i < plan.from().size(); i++) {
      int shared = plan.from().get(i - 1) + plan.length() - plan.from().get(i);
      assertThat(shared).isGreaterThanOrEqualTo(overlap);
    }
  }

  private static Tensor clip(Parity fixture, AutoencoderKLTemporalDecoder vae) {
    double factor = vae.config().image().scalingFactor();
    return Ops.mul(part(fixture, 0, 10).transpose(0, 1).unsqueeze(0), factor);
  }

  @Test
  void aClipThatFitsIsDecodedAsAWhole() {
    with(
        Precision.F32,
        (fixture, vae) -> {
          Tensor z = clip(fixture, vae);
          List<String> notes = new ArrayList<>();
          Tensor whole = new Stretches(vae).decode(z, noting(notes));
          assertThat(Tensors.toBytes(whole)).isEqualTo(Tensors.toBytes(vae.decode(z)));
          assertThat(notes).isEmpty();
        });
  }

  @Test
  void whatMemoryIsLeftSaysHowLongChunksAre() {
    with(
        Precision.F32,
        (fixture, vae) -> {
          KlTemporalConfig config = KlTemporalConfig.SVD;
          long least = config.footprint(576, 1024).running();
          long left = (long) (least / 0.7);
          assertThat(config.footprint(576, 1024, 2).running()).isLessThan(least / 2);
          assertThat(config.footprint(576, 1024, 100).running()).isEqualTo(least);
          AutoencoderKLTemporalDecoder full =
              config
                  .build(ParameterStore.blueprint().root())
                  .where(() -> OptionalLong.of(left + 9));
          assertThat(full.stretch(576, 1024).latents()).isEqualTo(KlTemporalConfig.LEAST);
          assertThat(full.where(() -> OptionalLong.of(2 * left)).stretch(576, 1024).latents())
              .isGreaterThan(2 * KlTemporalConfig.LEAST - 1);
          assertThat(vae.where(() -> OptionalLong.of(0)).stretch(64, 64).latents())
              .isEqualTo(KlTemporalConfig.LEAST);
          assertThat(vae.where(OptionalLong::empty).stretch(64, 64).latents())
              .isGreaterThan(1_000_000);
          List<String> notes = new ArrayList<>();
          Tensor z = clip(fixture, vae);
          new Stretches(vae.where(() -> OptionalLong.of(0))).decode(z, noting(notes));
          assertThat(notes)
              .containsExactly(
                  "decoded in 2 chunks of 7 frames that fade into each other over 4,"
                      + " not all 10 at once");
        });
  }

  /** In each chunk its own frames are to the bit, and those that it shares are between the two. */
  @Test
  void chunksFadeIntoEachOther() {
    with(
        Precision.F32,
        (fixture, vae) -> {
          Tensor z = clip(fixture, vae);
          Tensor made = new Stretches(vae, OptionalInt.of(7)).decode(z, Progress.NONE);
          Tensor first = vae.decode(z.narrow(2, 0, 7));
          Tensor second = vae.decode(z.narrow(2, 3, 7));
          assertThat(Tensors.shape(made)).containsExactly(1, 3, 10, 24, 16);
          assertThat(Tensors.toBytes(made.narrow(2, 0, 3)))
              .isEqualTo(Tensors.toBytes(first.narrow(2, 0, 3)));
          assertThat(Tensors.toBytes(made.narrow(2, 7, 3)))
              .isEqualTo(Tensors.toBytes(second.narrow(2, 4, 3)));
          for (int i = 0; i < 4; i++) {
            Tensor mixed =
                Ops.mul(first.narrow(2, 3 + i, 1), (4 - i) / 5.0)
                    .add(Ops.mul(second.narrow(2, i, 1), (1 + i) / 5.0));
            assertThat(Parity.distance(made.narrow(2, 3 + i, 1), mixed)).isLessThan(1e-6);
          }
          List<Tensor> parts = new ArrayList<>();
          new Stretches(vae, OptionalInt.of(7))
              .decode(z, part -> parts.add(Scopes.keep(part.clone())), Progress.NONE);
          assertThat(parts.stream().map(part -> part.size(2))).containsExactly(3L, 7L);
          assertThat(Tensors.toBytes(Tensors.cat(parts, 2))).isEqualTo(Tensors.toBytes(made));
          parts.forEach(Scopes::free);
        });
  }

  private static Progress noting(List<String> notes) {
    return new Progress() {
      @Override
      public void update(Report report) {
        assertThat(report.done()).isLessThanOrEqualTo(report.total());
      }

      @Override
      public void note(String line) {
        notes.add(line);
      }
    };
  }
}
