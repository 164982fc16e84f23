package io.zoetrope.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.Parity;
import io.zoetrope.checkpoint.JsonFiles;
import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import io.zoetrope.diffusion.FreeInit;
import io.zoetrope.diffusion.LowPass;
import io.zoetrope.diffusion.sampler.Noise;
import io.zoetrope.network.FrameWindows;
import io.zoetrope.pipeline.family.Ability;
import io.zoetrope.pipeline.family.LoraChoice;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.family.ModelIndex;
import io.zoetrope.pipeline.family.TinyStableDiffusion;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.task.Restyle;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Scopes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * Whole pipelines of the public reference, tiny, against ours: four steps with guidance from the
 * same noise. Made by {@code reference/make_animatediff.py}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AnimateDiffParityTest {
  /** The mark of whole pipelines. */
  private static final double MARK = 1e-4;

  private static final int STEPS = 4;

  private final Parity parity = Parity.of("animatediff");
  private final Path directory = parity.folder().resolve("model");
  private final Path adapter = directory.resolve("motion_adapter");

  @AfterAll
  void close() {
    parity.close();
  }

  private static VideoRequest request(int frames, String sampler) {
    return new VideoRequest("a photo of a cat", "a dog", 0, 48, 64, frames, 8, STEPS, 3, sampler);
  }

  /** The noise of the fixture. */
  private Noise brought(Noise noise, String start) {
    Tensor born = parity.get(start);
    Tensor steps = parity.get("noise");
    return noise.with((use, draw, clip, frame) -> {
      Tensor all =
          switch (use) {
            case "start" -> born;
            // The first clip is made of "start"; what is drawn for the second is the first.
            case "freeinit" -> steps.select(0, draw - 1);
            default -> steps.select(0, draw);
          };
      return frame < all.size(2)
          ? Optional.of(all.select(0, clip).select(1, frame))
          : Optional.empty();
    });
  }

  private Engine engine(VideoModel model) {
    return new Engine(model).withNoise(noise -> brought(noise, "start"));
  }

  private static Tensor made(Engine engine, VideoRequest request) {
    return new TextToVideo(engine).latents(List.of(request), Progress.NONE);
  }

  /** The directory under another pipeline's name, with a scheduler of the fixture. */
  private Path as(Path copy, String pipeline, String scheduler) throws IOException {
    TinyStableDiffusion.copy(directory, copy);
    Path index = copy.resolve("model_index.json");
    String kind =
        "\"motion_adapter\": [\"diffusers\", \"MotionAdapter\"], \"_class_name\": \"%s\""
            .formatted("AnimateDiffPipeline");
    if (pipeline.equals("AnimateDiffPipeline")) {
      Files.writeString(
          index,
          Files.readString(index)
              .replaceFirst("\"_class_name\": \"StableDiffusionPipeline\"", kind));
    }
    JsonNode all = JsonFiles.read(parity.folder().resolve("schedulers.json"), JsonNode.class);
    Files.writeString(
        copy.resolve("scheduler/scheduler_config.json"),
        all.get(scheduler).toString().replace("\"-Infinity\"", "-Infinity"));
    return copy;
  }

  @ParameterizedTest
  @CsvSource({
    "ddim-linspace, ddim",
    "ddim-leading, ddim",
    "euler, euler",
    "euler-a, euler-a",
    "dpmpp-2m-karras, dpm++2m-karras",
    "lcm, lcm"
  })
  void everySamplerGivesTheReferencesLatents(String scheduler, String sampler, @TempDir Path temp)
      throws IOException {
    Path copy = as(temp.resolve("model"), "AnimateDiffPipeline", scheduler);
    try (VideoModel model = VideoModel.load(ModelChoice.of(copy, "f32"))) {
      assertThat(model.defaults().sampler()).isEqualTo(sampler);
      Scopes.run(() ->
          parity.check(scheduler + ".latents", made(engine(model), request(5, sampler)), MARK));
    }
  }

  /** Beside an image model the scheduler is the one that motion modules were trained with. */
  @Test
  void aMotionAdapterBesideAnImageModelIsTheSame() {
    try (VideoModel model = VideoModel.load(moved().withDtype("f32"))) {
      ModelIndex.Defaults usual = model.defaults();
      assertThat(usual.frames()).isEqualTo(16);
      assertThat(usual.fps()).isEqualTo(8);
      assertThat(usual.steps()).isEqualTo(25);
      assertThat(usual.guidance()).isEqualTo(7.5);
      assertThat(usual.sampler()).isEqualTo("ddim");
      Scopes.run(() -> {
        Engine engine = engine(model);
        Tensor latents = made(engine, request(5, "ddim"));
        parity.check("ddim-linspace.latents", latents, MARK);
        parity.check("ddim-linspace.frames", engine.pixels(latents), MARK);
      });
    }
  }

  private ModelChoice moved() {
    return ModelChoice.of(directory).withMotion(Optional.of(adapter));
  }

  @Test
  void lorasForPicturesAndForMotionAddUp() {
    ModelChoice choice =
        moved()
            .withLoras(
                List.of(
                    new LoraChoice(parity.folder().resolve("lora.safetensors"), 0.7),
                    new LoraChoice(parity.folder().resolve("motion_lora.safetensors"), 0.4)));
    try (VideoModel model = VideoModel.load(choice.withDtype("f32"))) {
      assertThat(model.loras()).allMatch(report -> report.used() == report.layers());
      Scopes.run(() -> parity.check("lora.latents", made(engine(model), request(5, "ddim")), MARK));
    }
  }

  /** The same numbers under other names give the same picture; the model's keys come in any. */
  @ParameterizedTest
  @ValueSource(strings = {"diffusion_model.", "model.diffusion_model.", "", "unet.", "lora_unet_"})
  void aLoraInTheFirstCodesNamesIsTheSame(String prefix, @TempDir Path temp) {
    Path folder = parity.folder().resolveSibling("lora/first_code");
    Path typed = temp.resolve("lora.safetensors");
    Scopes.run(() -> {
      try (SafetensorsFile file =
          Safetensors.open(folder.resolve("first-code-names.safetensors"))) {
        Map<String, Tensor> renamed = new HashMap<>();
        file.tensors()
            .forEach((name, t) -> {
              String rest = name.substring("diffusion_model.".length());
              int dot = rest.indexOf(".lora_");
              String layer = rest.substring(0, dot);
              renamed.put(
                  prefix
                      + (prefix.endsWith("_") ? layer.replace('.', '_') : layer)
                      + rest.substring(dot),
                  t);
            });
        Safetensors.write(typed, renamed, Map.of());
      }
      Tensor expected = picture(folder.resolve("diffusers-names.safetensors"));
      assertThat(picture(typed).equal(expected)).isTrue();
    });
  }

  private Tensor picture(Path lora) {
    ModelChoice choice =
        ModelChoice.of(directory, "f32").withLoras(List.of(new LoraChoice(lora, 1)));
    try (VideoModel model = VideoModel.load(choice)) {
      assertThat(model.loras()).allMatch(report -> report.used() == 2);
      return made(engine(model), request(1, "ddim")).clone();
    }
  }

  @Test
  void freeInitAndFreeNoise() {
    try (VideoModel model = VideoModel.load(moved().withDtype("f32"))) {
      VideoRequest request = request(5, "ddim");
      Scopes.run(() -> {
        FreeInit full = new FreeInit(3, LowPass.USUAL, FreeInit.Pace.FULL);
        parity.check("free-init.latents", made(engine(model).withFreeInit(full), request), MARK);
        FreeInit fast = new FreeInit(3, LowPass.USUAL, FreeInit.Pace.COARSE_TO_FINE);
        parity.check(
            "free-init-fast.latents", made(engine(model).withFreeInit(fast), request), MARK);
        Engine windows =
            new Engine(model)
                .withNoise(noise -> brought(noise, "long.start"))
                .withWindows(new FrameWindows(4, 2, FrameWindows.Weighting.PYRAMID));
        parity.check("free-noise.latents", made(windows, request(9, "ddim")), MARK);
      });
    }
  }

  @ParameterizedTest
  @CsvSource({"ddim, ddim", "dpmpp-2m, dpm++2m"})
  void anImageModelMakesPicturesFromWordsAndFromPictures(
      String name, String sampler, @TempDir Path temp) throws IOException {
    Path copy = as(temp.resolve("model"), "StableDiffusionPipeline", "image." + name);
    try (VideoModel model = VideoModel.load(ModelChoice.of(copy, "f32"))) {
      assertThat(model.can(Ability.VIDEO)).isFalse();
      assertThat(model.defaults().frames()).isOne();
      Scopes.run(() -> {
        Engine engine = engine(model);
        VideoRequest request = request(1, sampler);
        Tensor latents = made(engine, request);
        parity.check("image.%s.latents".formatted(name), latents, MARK);
        if (name.equals("ddim")) {
          parity.check("image.ddim.frames", engine.pixels(latents).squeeze(2), MARK);
        }
        Tensor again =
            new Restyle(parity.get("img2img.clean"), 0.6, 1)
                .latents(engine, List.of(request), Progress.NONE);
        parity.check("img2img.%s.latents".formatted(name), again, MARK);
      });
    }
  }
}
