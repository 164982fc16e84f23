package io.zoetrope.pipeline.cascade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.Parity;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.diffusion.sampler.Noise;
import io.zoetrope.error.UserError;
import io.zoetrope.media.FrameTensors;
import io.zoetrope.media.Video;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.TextToVideo;
import io.zoetrope.pipeline.family.Ability;
import io.zoetrope.pipeline.family.Beside;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.family.NoiseLabels;
import io.zoetrope.pipeline.family.TinyStableDiffusion;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.task.SeenBeside;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.assertj.core.data.Offset;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Stable Diffusion's x4 upscaler: what it is shown and told, and as a stage of a cascade. */
class UpscaleModelTest {
  private static final Path REFERENCE = Path.of("src/test/resources/reference");
  private static final String PROMPT = "a photo of a cat sitting on a wooden table";
  private static final VideoRequest ASKED =
      new VideoRequest(PROMPT, "the little girl", 3, 32, 16, 1, 8, 4, 3, "ddim");

  @TempDir Path folder;
  private Path model;

  @BeforeEach
  void write() throws IOException {
    model = folder.resolve("model");
    copy("upscale/model", "");
    copy("unclip/model/text_encoder", "text_encoder");
    copy("prior/model/prior_tokenizer", "tokenizer");
    copy("unet/x4", "unet");
  }

  private void copy(String from, String to) throws IOException {
    TinyStableDiffusion.copy(REFERENCE.resolve(from), model.resolve(to));
  }

  private VideoModel load() {
    return VideoModel.load(ModelChoice.of(model, "f32"));
  }

  private static Beside.Pixels pixels(VideoModel model) {
    return (Beside.Pixels) model.beside().orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 20, 99})
  void aSmallPictureIsNoisedAndMadeLargerAsByTheReference(int label) {
    Scopes.run(() -> {
      try (VideoModel loaded = load();
          Parity parity = Parity.of("upscale")) {
        Tensor small = parity.get("small").unsqueeze(2);
        Tensor noise = parity.get("noise").unsqueeze(2);
        Tensor seen = SeenBeside.noised(small, noise, pixels(loaded).labels().level(label));
        parity.check("seen." + label, seen.squeeze(2), 1e-5);
        Tensor start = parity.get("start").unsqueeze(2);
        Engine engine =
            new Engine(loaded)
                .withNoise(own -> own.with(Noise.Given.start(start, 0)))
                .withBeside(
                    Conditioning.none()
                        .with(Conditioning.BESIDE, seen)
                        .with(Conditioning.BESIDE_LABEL, Tensors.full(label, 1, 1)));
        Tensor latents = new TextToVideo(engine).latents(List.of(ASKED), Progress.NONE);
        parity.check("latents." + label, latents.squeeze(2), 1e-5);
      }
    });
  }

  /** Of every label that it knows, there and back. */
  @Test
  void labelsAreThoseOfTheReferencesNoise() {
    Scopes.run(() -> {
      try (VideoModel loaded = load();
          Parity parity = Parity.of("upscale")) {
        NoiseLabels labels = pixels(loaded).labels();
        Tensor all = parity.get("logsnr");
        assertThat(labels.most()).isEqualTo(99);
        for (int label = 0; label <= labels.most(); label++) {
          double logSnr = all.select(0, label).item_double();
          assertThat(labels.level(label).logSnr()).isCloseTo(logSnr, Offset.offset(1e-5));
          assertThat(labels.nearest(logSnr)).isEqualTo(label);
        }
        assertThat(labels.nearest(30)).isZero();
        assertThat(labels.at(0.02)).isEqualTo(20);
        assertThatThrownBy(() -> labels.nearest(0))
            .isInstanceOf(UserError.class)
            .hasMessageContaining("labels 0 to 99, and this is");
      }
    });
  }

  private static Video small(int frames) {
    Tensor x_3FHW = Tensors.zeros(3, frames, 4, 8);
    return FrameTensors.toVideo(x_3FHW, 8);
  }

  private static byte[] run(VideoModel model, String stage, Video before, VideoRequest asked) {
    return Scopes.value(() ->
        Tensors.toBytes(
            new CascadeRun(name -> new Engine(model))
                .run(
                    Cascade.parse("c", "stages: [%s]".formatted(stage)),
                    asked,
                    Optional.of(new Handed.Film(before)),
                    Progress.NONE)
                .z_1CFHW()));
  }

  @Test
  void itIsAStageThatMakesEachFrameLarger() {
    Scopes.run(() -> {
      try (VideoModel loaded = load()) {
        assertThat(loaded.can(Ability.VIDEO)).isTrue();
        assertThat(loaded.defaults().guidance()).isEqualTo(9);
        String plain = "{bridge: {kind: enlarge}, noise: one}";
        byte[] usual = run(loaded, plain, small(2), ASKED);
        assertThat(usual).hasSize(4 * 2 * 4 * 8 * 4);
        assertThat(run(loaded, plain.replace("}, ", "}, augmentation: 0.02, "), small(2), ASKED))
            .isEqualTo(usual);
        assertThat(run(loaded, plain.replace("}, ", "}, snr: 500, "), small(2), ASKED))
            .isNotEqualTo(usual);
        assertThatThrownBy(() -> run(loaded, plain, small(2), ASKED.withSize(64, 32)))
            .isInstanceOf(UserError.class)
            .hasMessageContaining(
                "4 times as large, not 64x32 of 8x4: give its stage the size 32x16");
        assertThatThrownBy(() -> new TextToVideo(new Engine(loaded)).run(ASKED, Progress.NONE))
            .isInstanceOf(UserError.class)
            .hasMessageContaining("a cascade shows it one by the bridge enlarge");
      }
    });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {bridge: {kind: masked}}                       | which the bridge enlarge shows it
          {bridge: {kind: enlarge}, augmentation: 0.5}   | labels 0 to 99, and this is 500: say an augmentation of at most 0.099
          {bridge: {kind: enlarge}, snr: 0.1}            | labels 0 to 99, and this is
          """)
  void whatItDoesNotKnowIsSaidBefore(String stage, String said) {
    try (VideoModel loaded = load()) {
      Cascade cascade = Cascade.parse("c", "stages: [{}, %s]".formatted(stage));
      assertThatThrownBy(() -> Seen.requireCrossing(pixels(loaded), cascade.stages().getLast()))
          .isInstanceOf(UserError.class)
          .hasMessageContaining(said);
    }
  }

  @Test
  void anotherScaleOfLatentsIsSaid() throws IOException {
    Path config = model.resolve("vae/config.json");
    Files.writeString(config, Files.readString(config).replace("0.08333", "0.18215"));
    assertThatThrownBy(this::load)
        .isInstanceOf(UserError.class)
        .hasMessageContaining("scaled by 0.08333, its config.json says 0.18215");
  }
}
