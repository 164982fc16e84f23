package io.zoetrope.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.Parity;
import io.zoetrope.checkpoint.JsonFiles;
import io.zoetrope.pipeline.family.Ability;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.family.ModelIndex;
import io.zoetrope.pipeline.family.TinyModelScope;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.task.Restyle;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Scopes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * Whole pipelines of ModelScope, tiny, against ours: four steps with guidance from the same noise.
 * Made by {@code reference/make_modelscope.py}.
 */
class ModelScopeParityTest {
  /** The mark of whole pipelines. */
  private static final double MARK = 1e-4;

  @TempDir Path temp;

  private static VideoRequest request(String sampler) {
    return new VideoRequest("a photo of a cat", "a dog", 0, 48, 64, 5, 8, 4, 9, sampler);
  }

  private static Engine engine(VideoModel model, Tensor noise) {
    return new Engine(model)
        .withNoise(own ->
            own.with(
                (use, draw, clip, frame) -> Optional.of(noise.select(0, clip).select(1, frame))));
  }

  private Path with(String scheduler, String pipeline) throws IOException {
    Path directory = TinyModelScope.directory(temp);
    try (Parity parity = Parity.of("modelscope")) {
      JsonNode all = JsonFiles.read(parity.folder().resolve("schedulers.json"), JsonNode.class);
      Files.writeString(
          directory.resolve("scheduler/scheduler_config.json"),
          all.get(scheduler).toString().replace("\"-Infinity\"", "-Infinity"));
    }
    Path index = directory.resolve("model_index.json");
    Files.writeString(index, Files.readString(index).replace("TextToVideoSDPipeline", pipeline));
    return directory;
  }

  @ParameterizedTest
  @CsvSource({
    "ddim, ddim, TextToVideoSDPipeline",
    "dpmpp-2m, dpm++2m, TextToVideoSDPipeline",
    "ddim, ddim, VideoToVideoSDPipeline",
    "dpmpp-2m, dpm++2m, VideoToVideoSDPipeline"
  })
  void wordsAndVideosGiveTheReferencesLatents(String scheduler, String sampler, String pipeline)
      throws IOException {
    Path directory = with(scheduler, pipeline);
    try (Parity parity = Parity.of("modelscope");
        VideoModel model = VideoModel.load(ModelChoice.of(directory, "f32"))) {
      assertThat(model.defaults().sampler()).isEqualTo(sampler);
      Scopes.run(() -> {
        List<VideoRequest> requests = List.of(request(sampler));
        Engine engine = engine(model, parity.get("start"));
        Tensor latents = new TextToVideo(engine).latents(requests, Progress.NONE);
        parity.check(scheduler + ".latents", latents, MARK);
        if (scheduler.equals("ddim")) {
          parity.check("ddim.frames", engine.pixels(latents).narrow(2, 0, 2), MARK);
        }
        Tensor again =
            new Restyle(parity.get("clean"), 0.6, 1)
                .latents(engine(model, parity.get("noise")), requests, Progress.NONE);
        parity.check(scheduler + ".restyled", again, MARK);
      });
    }
  }

  /** The less of a video is made again, the nearer is what comes out; noise is of that level. */
  @ParameterizedTest
  @ValueSource(strings = {"ddim", "dpmpp-2m"})
  void ofAlmostNoStrengthIsTheInput(String scheduler) throws IOException {
    Path directory = with(scheduler, "TextToVideoSDPipeline");
    try (Parity parity = Parity.of("modelscope");
        VideoModel model = VideoModel.load(ModelChoice.of(directory, "f32"))) {
      Scopes.run(() -> {
        Tensor clean = parity.get("clean");
        double before = Double.MAX_VALUE;
        for (double strength : new double[] {0.5, 0.1, 0.01}) {
          VideoRequest request =
              new VideoRequest("a cat", "", 0, 48, 64, 5, 8, 100, 1, model.defaults().sampler());
          Tensor again =
              new Restyle(clean, strength, 1)
                  .latents(engine(model, parity.get("noise")), List.of(request), Progress.NONE);
          double apart = Parity.distance(again, clean);
          assertThat(apart).isLessThan(before);
          before = apart;
        }
        assertThat(before).isLessThan(0.2);
      });
    }
  }

  @Test
  void defaultsAreThoseOfTheTraining() {
    Path directory = TinyModelScope.directory(temp);
    try (VideoModel model = VideoModel.load(ModelChoice.of(directory, "f32"))) {
      assertThat(model.defaults()).isEqualTo(new ModelIndex.Defaults(64, 64, 16, 8, 50, 9, "ddim"));
      assertThat(model.can(Ability.VIDEO)).isTrue();
      assertThat(model.reports())
          .allMatch(report -> report.unexpected().isEmpty() && report.missing().isEmpty());
    }
  }

  /** Its files say the size of the model that it was made of. */
  @ParameterizedTest
  @CsvSource({
    "zeroscope_v2_576w, 576, 320, 24",
    "Zeroscope_v2_XL, 1024, 576, 24",
    "models--cerspense--zeroscope_v2_XL/snapshots/1234, 1024, 576, 24",
    "zeroscope_v2_XL/other, 64, 64, 16"
  })
  void zeroscopeIsKnownByItsName(String name, int width, int height, int frames)
      throws IOException {
    Path directory = temp.resolve(name);
    Files.createDirectories(directory.getParent());
    Files.move(TinyModelScope.directory(temp), directory);
    try (VideoModel model = VideoModel.load(ModelChoice.of(directory, "f32"))) {
      ModelIndex.Defaults usual = model.defaults();
      assertThat(List.of(usual.width(), usual.height(), usual.frames()))
          .containsExactly(width, height, frames);
    }
  }
}
