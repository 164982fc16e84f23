package io.zoetrope.pipeline.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.Parity;
import io.zoetrope.checkpoint.Component;
import io.zoetrope.checkpoint.JsonFiles;
import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import io.zoetrope.diffusion.PromptCues;
import io.zoetrope.media.Frame;
import io.zoetrope.media.Video;
import io.zoetrope.network.vae.LatentGrid;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.TextToVideo;
import io.zoetrope.pipeline.TinyModel;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Tasks on a model directory whose autoencoder is that of Wan 2.1. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WanAutoencoderTest {
  private static final Roll ROLL =
      new Roll(PromptCues.single(), List.of(List.of("a red ball")), 4, Optional.empty());

  private Path directory;
  private VideoModel model;

  @BeforeAll
  void load(@TempDir Path folder) throws IOException {
    directory = TinyModel.write(folder.resolve("model"));
    try (Parity fixture = Parity.of("wan_vae/v21")) {
      for (String file : List.of("config.json", "diffusion_pytorch_model.safetensors")) {
        Files.copy(
            fixture.folder().resolve(file),
            directory.resolve("vae").resolve(file),
            StandardCopyOption.REPLACE_EXISTING);
      }
    }
    model = VideoModel.load(ModelChoice.of(directory, "f32"));
  }

  @AfterAll
  void close() {
    model.close();
  }

  private static VideoRequest request() {
    return TinyModel.request(1, 13, 2, "ancestral").withSize(32, 32);
  }

  @Test
  void theModelCountsByItsGrid() {
    assertThat(model.grid()).isEqualTo(new LatentGrid(4, 8, 4, true));
    Scopes.run(() -> {
      Engine engine = new Engine(model);
      Video video = new TextToVideo(engine).run(request(), Progress.NONE);
      assertThat(video.frames()).hasSize(13);
      Tensor z = engine.encode(video);
      assertThat(Tensors.shape(z)).containsExactly(1, 4, 4, 4, 4);
    });
  }

  /** Each latent as it comes, with what is remembered of those before: the whole, to the byte. */
  @Test
  void rollsAsAStream() {
    Engine engine = new Engine(model);
    Scopes.run(() -> {
      List<Tensor> latents = new ArrayList<>();
      ROLL.latents(
          engine,
          List.of(request()),
          6,
          (number, z) -> latents.add(Scopes.keep(z.clone())),
          Progress.NONE);
      List<Frame> all = engine.decode(Tensors.cat(latents, 2), 8).frames();
      List<Frame> frames = new ArrayList<>();
      ROLL.run(engine, request(), 19, frames::add, Progress.NONE);
      assertThat(frames).hasSize(19);
      for (int f = 0; f < 19; f++) {
        assertThat(frames.get(f).rgb()).as("frame %d", f).isEqualTo(all.get(f).rgb());
      }
      latents.forEach(Scopes::free);
    });
  }

  @Test
  void nativeMemoryIsFlatWhileItRolls() {
    long[] at = new long[2];
    int[] taken = new int[1];
    ROLL.run(
        new Engine(model),
        request(),
        200,
        frame -> {
          taken[0]++;
          // Always the first frame of a latent.
          if (taken[0] == 42 || taken[0] == 198) {
            System.gc();
            at[taken[0] == 42 ? 0 : 1] = Pointer.totalCount();
          }
        },
        Progress.NONE);
    assertThat(taken[0]).isEqualTo(200);
    assertThat(at[1]).as("native objects").isLessThanOrEqualTo(at[0] + 5);
  }

  /** {@code --vae FILE} of Wan's own names. */
  @Test
  void anotherFileTakesItsPlace(@TempDir Path folder) {
    Path file = folder.resolve("wan_2.1_vae.safetensors");
    try (Parity fixture = Parity.of("wan_vae/v21");
        SafetensorsFile own = Safetensors.open(Component.diffusion(fixture.folder()).weights())) {
      Map<String, Tensor> renamed = new LinkedHashMap<>();
      JsonFiles.read(fixture.folder().resolve("original.json"), JsonNode.class)
          .properties()
          .forEach(name -> renamed.put(name.getKey(), own.tensor(name.getValue().asString())));
      Safetensors.write(file, renamed, Map.of());
    }
    try (VideoModel other =
        VideoModel.load(ModelChoice.of(directory, "f32").withVae(Optional.of(file)))) {
      Scopes.run(() -> {
        Tensor z = Tensors.full(0.5, 1, 4, 2, 4, 4);
        assertThat(Tensors.toBytes(new Engine(other).pixels(z)))
            .isEqualTo(Tensors.toBytes(new Engine(model).pixels(z)));
      });
    }
  }
}
