package io.zoetrope.pipeline.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.checkpoint.LoadReport;
import io.zoetrope.checkpoint.hub.HubCache;
import io.zoetrope.error.UserError;
import io.zoetrope.pipeline.Quantised;
import io.zoetrope.pipeline.TinyModel;
import io.zoetrope.pipeline.model.ModelContents;
import io.zoetrope.pipeline.model.VideoModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Real layouts of Stable Diffusion 1.x: directories, variants, single files, and what is wrong. */
class StableDiffusionFilesTest {
  @TempDir Path folder;

  private static byte[] latents(VideoModel model) {
    return TinyModel.latents(model, TinyModel.request(3, 1, 2, "ddim"));
  }

  @Test
  void aSingleFileIsTheSameModelAsItsDirectory() {
    Path directory = TinyStableDiffusion.write(folder.resolve("sd"), ScalarType.Float);
    Path file = TinyStableDiffusion.singleFile(directory, folder.resolve("sd.safetensors"));
    byte[] expected;
    try (VideoModel model = VideoModel.load(ModelChoice.of(directory, "f32"))) {
      expected = latents(model);
      assertThat(model.sizeMultiple()).isEqualTo(8);
      assertThat(model.reports())
          .extracting(LoadReport::what)
          .containsExactly("unet", "text_encoder", "vae");
      assertThat(model.reports()).allMatch(LoadReport::whole);
    }
    ModelChoice single =
        ModelChoice.of(file, "f32").withTokenizer(Optional.of(directory.resolve("tokenizer")));
    try (VideoModel model = VideoModel.load(single, small(directory))) {
      assertThat(latents(model)).isEqualTo(expected);
      assertThat(model.reports())
          .allMatch(report -> report.source().equals(file.toString()) && report.whole());
    }
  }

  /** In GGUF, and in 8-bit floats, also of kernels and of the autoencoder's attention. */
  @ParameterizedTest
  @ValueSource(strings = {"gguf", "fp8"})
  void aSingleFileMayBeQuantised(String kind) throws IOException {
    Path directory = TinyStableDiffusion.write(folder.resolve("sd"), ScalarType.Float);
    Path one = Files.createDirectories(folder.resolve("one"));
    TinyStableDiffusion.singleFile(directory, one.resolve("sd.safetensors"));
    if (kind.equals("gguf")) {
      Quantised.gguf(one);
    } else {
      Quantised.fp8(one);
    }
    Path two = folder.resolve("two");
    TinyStableDiffusion.copy(one, two);
    Quantised.dense(two);
    Path packed = one.resolve(kind.equals("gguf") ? "sd.gguf" : "sd.safetensors");
    assertThat(latents(directory, packed))
        .isEqualTo(latents(directory, two.resolve("sd.safetensors")));
  }

  private byte[] latents(Path directory, Path file) {
    ModelChoice single =
        ModelChoice.of(file, "f32").withTokenizer(Optional.of(directory.resolve("tokenizer")));
    try (VideoModel model = VideoModel.load(single, small(directory))) {
      assertThat(model.reports()).allMatch(LoadReport::whole);
      return latents(model);
    }
  }

  @Test
  void motionModulesMayLieBesideTheNetwork() throws IOException {
    Path directory = TinyStableDiffusion.write(folder.resolve("sd"), ScalarType.Float);
    byte[] image;
    try (VideoModel model = VideoModel.load(ModelChoice.of(directory, "f32"))) {
      image = latents(model);
      assertThat(model.defaults().frames()).isOne();
      assertThat(model.network().config().temporal()).isFalse();
    }
    TinyStableDiffusion.addMotion(directory);
    try (VideoModel model = VideoModel.load(ModelChoice.of(directory, "f32"))) {
      assertThat(model.defaults().frames()).isEqualTo(16);
      assertThat(model.network().config().temporal()).isTrue();
      assertThat(latents(model)).isNotEqualTo(image);
      LoadReport unet = model.reports().getFirst();
      assertThat(unet.whole()).isTrue();
      assertThat(unet.used()).anyMatch(key -> key.contains("motion_modules."));
    }
    Files.delete(directory.resolve("motion_adapter/config.json"));
    assertThat(refused(directory)).contains(directory.resolve("motion_adapter").toString());
  }

  /** What the hub's repositories have: half precision as a variant, and nothing else. */
  @Test
  void aVariantAloneIsRead() throws IOException {
    Path directory = TinyStableDiffusion.write(folder.resolve("sd"), ScalarType.Half);
    byte[] expected;
    try (VideoModel model = VideoModel.load(ModelChoice.of(directory, "f32"))) {
      expected = latents(model);
    }
    for (String name :
        new String[] {
          "unet/diffusion_pytorch_model", "vae/diffusion_pytorch_model", "text_encoder/model"
        }) {
      Files.move(
          directory.resolve(name + ".safetensors"), directory.resolve(name + ".fp16.safetensors"));
    }
    try (VideoModel model = VideoModel.load(ModelChoice.of(directory, "f32"))) {
      assertThat(latents(model)).isEqualTo(expected);
    }
  }

  /** As most repositories have it: some components in half precision too, others only plain. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "unet/diffusion_pytorch_model",
        "vae/diffusion_pytorch_model",
        "text_encoder/model"
      })
  void aVariantIsTakenWhereThereIsOne(String name) throws IOException {
    Path directory = TinyStableDiffusion.write(folder.resolve("sd"), ScalarType.Half);
    ModelChoice half = ModelChoice.of(directory, "f32").withVariant(Optional.of("fp16"));
    assertThatThrownBy(() -> VideoModel.load(half)).hasMessageContaining("no variant 'fp16'");
    Files.move(
        directory.resolve(name + ".safetensors"), directory.resolve(name + ".fp16.safetensors"));
    VideoModel.load(half).close();
    assertThatThrownBy(() -> VideoModel.load(half.withVariant(Optional.of("fp8"))))
        .hasMessageContaining("no variant 'fp8'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"StableDiffusionImg2ImgPipeline", "StableDiffusionInpaintPipeline"})
  void pipelinesOfTheSamePartsRun(String kind) throws IOException {
    Path directory = TinyStableDiffusion.write(folder.resolve("sd"), ScalarType.Float);
    byte[] expected;
    try (VideoModel model = VideoModel.load(ModelChoice.of(directory, "f32"))) {
      expected = latents(model);
    }
    Path index = directory.resolve("model_index.json");
    Files.writeString(index, Files.readString(index).replace(StableDiffusion.KIND, kind));
    try (VideoModel model = VideoModel.load(ModelChoice.of(directory, "f32"))) {
      assertThat(latents(model)).isEqualTo(expected);
    }
    Path unet = directory.resolve("unet/config.json");
    Files.writeString(
        unet,
        Files.readString(unet).replaceFirst("\\{", "{\"in_channels\": 8, \"out_channels\": 4,"));
    assertThat(refused(directory))
        .contains("its U-Net is shown 4 channels beside the noise")
        .contains("5 of a mask");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "StableDiffusionXLPipeline",
        "KandinskyPipeline",
        "CogVideoXPipeline",
        "LTXPipeline"
      })
  void otherPipelinesAreNamedBeforeAnythingIsParsed(String kind) throws IOException {
    Path directory = Files.createDirectories(folder.resolve("other"));
    Files.writeString(
        directory.resolve("model_index.json"), "{\"_class_name\": \"%s\"}".formatted(kind));
    assertThat(refused(directory))
        .startsWith("%s is a %s; this version runs ".formatted(directory, kind));
    assertThatThrownBy(() -> Families.ALL.requireRuns("acme/it", kind))
        .hasMessageStartingWith("acme/it is a %s; this version runs ".formatted(kind));
    Families.ALL.requireRuns("acme/it", "StableDiffusionImg2ImgPipeline");
  }

  @ParameterizedTest
  @CsvSource({
    "unet/diffusion_pytorch_model, unet/diffusion_pytorch_model.bin",
    "vae/diffusion_pytorch_model, vae/diffusion_pytorch_model.fp16.bin",
    "text_encoder/model, text_encoder/pytorch_model.bin"
  })
  void picklesAreRefusedWithTheWayToConvert(String name, String pickle) throws IOException {
    Path directory = TinyStableDiffusion.write(folder.resolve("sd"), ScalarType.Float);
    Files.move(directory.resolve(name + ".safetensors"), directory.resolve(pickle));
    assertThat(refused(directory))
        .contains(directory.resolve(pickle).toString())
        .contains("is a PyTorch pickle")
        .contains("safe_serialization=True");
  }

  @ParameterizedTest
  @ValueSource(strings = {"unet", "vae", "text_encoder", "tokenizer", "scheduler"})
  void eachComponentThatIsMissingIsNamed(String part) throws IOException {
    Path directory = TinyStableDiffusion.write(folder.resolve("sd"), ScalarType.Float);
    Path index = directory.resolve("model_index.json");
    String whole = Files.readString(index);
    Files.move(directory.resolve(part), folder.resolve("elsewhere"));
    assertThat(refused(directory))
        .isEqualTo(
            "there is no folder %s, which model_index.json names: the model is not whole"
                .formatted(directory.resolve(part)));
    Files.writeString(index, whole.replace("\"" + part + "\"", "\"other\""));
    assertThat(refused(directory))
        .isEqualTo(
            "%s: model_index.json names no %s: the model is not whole".formatted(directory, part));
    Files.writeString(
        index, whole.replaceAll("\"" + part + "\": \\[.*?\\]", "\"" + part + "\": [null, null]"));
    assertThat(refused(directory)).contains("names no " + part);
  }

  @Test
  void componentsThatMakeNoDifferenceAreIgnoredAndOthersAreNot() throws IOException {
    Path directory = TinyStableDiffusion.write(folder.resolve("sd"), ScalarType.Float);
    Path index = directory.resolve("model_index.json");
    String plain = Files.readString(index);
    Files.writeString(
        index,
        plain.replaceFirst(
            "\\{",
            "{ \"_diffusers_version\": \"0.6.0\", \"requires_safety_checker\": true,"
                + " \"image_encoder\": [null, null], \"safety_checker\":"
                + " [\"stable_diffusion\", \"StableDiffusionSafetyChecker\"],"
                + " \"feature_extractor\": [\"transformers\", \"CLIPImageProcessor\"],"));
    VideoModel.load(ModelChoice.of(directory, "f32")).close();
    Files.writeString(
        index, plain.replaceFirst("\\{", "{ \"text_encoder_2\": [\"transformers\", \"T5\"],"));
    assertThat(refused(directory)).contains("a component text_encoder_2 (T5)");
    Files.writeString(index, plain.replace("AutoencoderKL", "AsymmetricAutoencoderKL"));
    assertThat(refused(directory))
        .isEqualTo(
            directory
                + ": its vae is a AsymmetricAutoencoderKL; this version runs AutoencoderKL or"
                + " AutoencoderTiny");
    Files.writeString(index, plain.replace("StableDiffusionPipeline", "AnimateDiffPipeline"));
    assertThat(refused(directory)).contains("names no motion_adapter");
  }

  @Test
  void aTokenizerIsFoundBesideTheFileOrInTheCache() throws IOException {
    Path tokens = TinyStableDiffusion.resource("reference/clip_tokenizer");
    Path file = folder.resolve("models/sd.safetensors");
    Files.createDirectories(file.getParent());
    Path hub = folder.resolve("hub");
    ClipTokenizers finder = new ClipTokenizers(new HubCache(hub));
    assertThatThrownBy(() -> finder.find(file))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(
            "merges.txt as the tokenizer, or fetch openai/clip-vit-large-patch14");
    String commit = "0123456789abcdef0123456789abcdef01234567";
    Path repo = hub.resolve("models--runwayml--stable-diffusion-v1-5");
    Files.createDirectories(repo.resolve("refs"));
    Files.writeString(repo.resolve("refs/main"), commit);
    Path cached = repo.resolve("snapshots/" + commit + "/tokenizer");
    Files.createDirectories(cached);
    assertThatThrownBy(() -> finder.find(file)).isInstanceOf(UserError.class);
    TinyStableDiffusion.copy(tokens, cached);
    assertThat(finder.find(file)).isEqualTo(cached);
    Path beside = folder.resolve("models/tokenizer");
    TinyStableDiffusion.copy(tokens, beside);
    assertThat(finder.find(file)).isEqualTo(beside);
  }

  @Test
  void contentsCountEveryKey() throws IOException {
    Path directory = TinyStableDiffusion.write(folder.resolve("sd"), ScalarType.Half);
    Path file = TinyStableDiffusion.singleFile(directory, folder.resolve("sd.safetensors"));
    ModelContents contents = ModelContents.of(directory);
    assertThat(contents.kind()).isEqualTo("StableDiffusionPipeline");
    assertThat(contents.parts())
        .extracting(ModelContents.Held::name)
        .containsExactly("unet", "text_encoder", "vae");
    assertThat(contents.parts()).allMatch(part -> part.report().whole());
    assertThat(contents.parts()).allMatch(part -> part.allBytes() == 2 * part.parameters());
    assertThat(contents.parts().getFirst().report().used()).hasSize(684);
    ModelChoice single = ModelChoice.of(file).withTokenizer(Optional.of(folder));
    assertThat(ModelContents.of(single, small(directory)).parts().getFirst().report().used())
        .hasSize(684)
        .allMatch(key -> key.startsWith("model.diffusion_model."));
    // Of other sizes than Stable Diffusion's own.
    assertThatThrownBy(() -> ModelContents.of(file))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("has shape")
        .hasMessageContaining("where the model needs");
  }

  @Test
  void theConfigsThatComeWithUsAreWhole() throws IOException {
    Path configs = BundledFolder.path("stable-diffusion-1");
    for (String part : new String[] {"unet", "vae", "text_encoder"}) {
      assertThat(configs.resolve(part).resolve("config.json")).exists();
    }
    assertThat(
            io.zoetrope.checkpoint.JsonFiles.read(
                configs.resolve("vae/config.json"), io.zoetrope.network.vae.KlConfig.class))
        .isEqualTo(io.zoetrope.network.vae.KlConfig.SD15);
  }

  /** Single files of the sizes in a directory. */
  private static Families small(Path directory) {
    return Families.of(List.of(new StableDiffusionFile(Optional.of(new ModelLayout(directory)))));
  }

  private static String refused(Path model) {
    try (VideoModel loaded = VideoModel.load(ModelChoice.of(model, "f32"))) {
      throw new AssertionError("loaded: " + loaded.reports());
    } catch (UserError e) {
      assertThat(e.getMessage()).doesNotContain("\n");
      return String.valueOf(e.getMessage());
    }
  }
}
