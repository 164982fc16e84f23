package io.zoetrope.pipeline.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.Parity;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.diffusion.sampler.Noise;
import io.zoetrope.error.UserError;
import io.zoetrope.network.PictureSlots;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.TextToVideo;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.family.TinyStableDiffusion;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stable Diffusion unCLIP: what a decoder is told by a prior, and by a picture. */
class UnclipModelTest {
  private static final Path REFERENCE = Path.of("src/test/resources/reference");
  private static final String PROMPT = "a photo of a cat sitting on a wooden table";
  private static final TextPrior.Settings SETTINGS = new TextPrior.Settings(5, 4, 1);

  @TempDir Path folder;
  private Path model;

  @BeforeEach
  void write() throws IOException {
    model = folder.resolve("model");
    copy("unclip/model", "");
    copy("prior/model/prior", "prior");
    copy("prior/model/prior_text_encoder", "prior_text_encoder");
    copy("prior/model/prior_tokenizer", "prior_tokenizer");
    copy("prior/model/prior_tokenizer", "tokenizer");
    copy("unet/unclip", "unet");
    copy("vae/sd", "vae");
  }

  private void copy(String from, String to) throws IOException {
    TinyStableDiffusion.copy(REFERENCE.resolve(from), model.resolve(to));
  }

  private VideoModel load() {
    return VideoModel.load(ModelChoice.of(model, "f32"));
  }

  /** The noise of the fixture: the prior's start and steps, and what the embedding is noised by. */
  private static Noise noise(Parity parity) {
    Tensor steps_NBE = parity.get("noise");
    return Noise.of(new RandomStreams(1))
        .with((use, draw, clip, frame) -> {
          Tensor row =
              switch (use) {
                case "start" -> steps_NBE.select(0, 0).select(0, clip);
                case "told" -> parity.get("told.noise").select(0, clip);
                default -> steps_NBE.select(0, draw + 1).select(0, clip);
              };
          return Optional.of(row.reshape(-1, 1, 1));
        });
  }

  @Test
  void aPriorMakesTheReferencesEmbedding() {
    Scopes.run(() -> {
      try (VideoModel loaded = load();
          Parity parity = Parity.of("unclip")) {
        Embeddings embeddings = loaded.embeddings().orElseThrow();
        Tensor made =
            Scopes.noGrad(() ->
                embeddings.prior().orElseThrow().ofTexts(List.of(PROMPT), SETTINGS, noise(parity)));
        parity.check("embeds", made);
        Tensor eps = parity.get("told.noise");
        for (int level : new int[] {0, 9}) {
          parity.check("told." + level, embeddings.told().told(parity.get("embeds"), level, eps));
        }
      }
    });
  }

  @Test
  void whatIsToldMakesTheReferencesPicture() {
    Scopes.run(() -> {
      try (VideoModel loaded = load();
          Parity parity = Parity.of("unclip")) {
        Embeddings embeddings = loaded.embeddings().orElseThrow();
        Tensor start = parity.get("start").unsqueeze(2);
        Engine engine =
            new Engine(loaded)
                .withNoise(own -> own.with(Noise.Given.start(start, 0)))
                .withPictures(
                    embeddings.told(parity.get("embeds"), noise(parity)), Conditioning.none());
        int factor = loaded.grid().space();
        VideoRequest request =
            new VideoRequest(
                PROMPT, "the little girl", 0, 5 * factor, 6 * factor, 1, 8, 4, 6, "ddim");
        Tensor latents = new TextToVideo(engine).latents(List.of(request), Progress.NONE);
        parity.check("latents", latents.squeeze(2), 1e-4);
      }
    });
  }

  @Test
  void aTextAloneIsEnoughWithAPriorAndEachSeedHasItsOwnPicture() {
    try (VideoModel loaded = load()) {
      assertThat(loaded.defaults().guidance()).isEqualTo(10);
      byte[] made = latents(loaded, PROMPT, 3);
      assertThat(latents(loaded, PROMPT, 3)).isEqualTo(made);
      assertThat(latents(loaded, PROMPT, 4)).isNotEqualTo(made);
    }
  }

  /** Of two candidates that is kept whose product with the text's embedding is larger. */
  @Test
  void theNearestCandidateIsKept() {
    Scopes.run(() -> {
      try (VideoModel loaded = load()) {
        Embeddings embeddings = loaded.embeddings().orElseThrow();
        List<String> prompts = List.of(PROMPT, "the sea", "a dog");
        Noise noise = TextPrior.noise(List.of(1L, 2L, 3L));
        TextPrior.Settings one = SETTINGS;
        TextPrior.Settings two = new TextPrior.Settings(5, 4, 2);
        Scopes.noGrad(() -> {
          Tensor first = embeddings.prior().orElseThrow().ofTexts(prompts, one, noise);
          Tensor second =
              embeddings.prior().orElseThrow().ofTexts(prompts, one, noise.child("candidate", 1));
          Tensor kept = embeddings.prior().orElseThrow().ofTexts(prompts, two, noise);
          Tensor whole =
              embeddings
                  .prior()
                  .orElseThrow()
                  .words()
                  .condition(prompts)
                  .get(Conditioning.POOLED)
                  .orElseThrow()
                  .squeeze(1);
          float[] a = Tensors.toFloats(first.mul(whole).sum(1));
          float[] b = Tensors.toFloats(second.mul(whole).sum(1));
          float[] c = Tensors.toFloats(kept.mul(whole).sum(1));
          for (int i = 0; i < a.length; i++) {
            assertThat(c[i]).isEqualTo(Math.max(a[i], b[i]));
            assertThat(a[i]).isNotEqualTo(b[i]);
          }
          return kept;
        });
      }
    });
  }

  @Test
  void aPictureIsReadByTheEye() throws IOException {
    copy("ip_adapter/image_encoder", "image_encoder");
    Files.delete(model.resolve("prior/config.json"));
    Path index = model.resolve("model_index.json");
    String text = Files.readString(index).replaceAll("\"prior[a-z_]*\": \\[[^]]*],", "");
    Files.writeString(index, text.replace("StableUnCLIPPipeline", "StableUnCLIPImg2ImgPipeline"));
    Scopes.run(() -> {
      try (VideoModel loaded = load();
          Parity parity = Parity.of("unclip")) {
        Embeddings embeddings = loaded.embeddings().orElseThrow();
        parity.check("picture.embeds", embeddings.ofPictures(parity.get("picture")));
        Conditioning told =
            embeddings.told(
                embeddings.ofPictures(parity.get("picture")), TextPrior.noise(List.of(0L)));
        assertThat(told.get(PictureSlots.EMBEDDING)).isPresent();
        assertThatThrownBy(() -> latents(loaded, PROMPT, 3))
            .isInstanceOf(UserError.class)
            .hasMessageContaining("no prior");
      }
    });
  }

  private static byte[] latents(VideoModel loaded, String prompt, long seed) {
    int factor = loaded.grid().space();
    VideoRequest request =
        new VideoRequest(prompt, "", seed, 5 * factor, 6 * factor, 1, 8, 2, 6, "ddim");
    return Scopes.value(() ->
        Tensors.toBytes(
            new TextToVideo(new Engine(loaded)).latents(List.of(request), Progress.NONE)));
  }

  @Test
  void partsThatDoNotFitAreRefused() throws IOException {
    Path normalizer = model.resolve("image_normalizer/config.json");
    Files.writeString(normalizer, Files.readString(normalizer).replace("24", "30"));
    assertThatThrownBy(this::load).isInstanceOf(UserError.class).hasMessageContaining("48 numbers");
  }
}
