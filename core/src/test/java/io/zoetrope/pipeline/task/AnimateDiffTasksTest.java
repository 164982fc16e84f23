package io.zoetrope.pipeline.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.Parity;
import io.zoetrope.diffusion.guidance.ContextWindows;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.TextToVideo;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every task on a checkpoint of AnimateDiff; held frames are those given, to the last bit. The
 * checkpoint is a tiny one; {@code -Dzoetrope.checkpoint=DIR} names another, of any size, which one
 * sampler walks.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AnimateDiffTasksTest {
  private static final Optional<Path> CHECKPOINT =
      Optional.ofNullable(System.getProperty("zoetrope.checkpoint")).map(Path::of);
  private static final List<String> SAMPLERS =
      CHECKPOINT.isPresent()
          ? List.of("ddim")
          : List.of("ddim", "euler-a", "dpm++2m-karras", "lcm");

  static Stream<Arguments> everyPair() {
    return TaskContractTest.CASES.keySet().stream()
        .flatMap(task ->
            SAMPLERS.stream()
                .filter(sampler -> TaskContractTest.sampler(task, sampler).equals(sampler))
                .map(sampler -> Arguments.of(task, sampler)));
  }

  private VideoModel model;
  private Engine engine;

  @BeforeAll
  void load() {
    try (Parity fixture = Parity.of("animatediff")) {
      Path directory = CHECKPOINT.orElse(fixture.folder().resolve("model"));
      Optional<Path> motion = Optional.of(directory.resolve("motion_adapter"));
      model = VideoModel.load(ModelChoice.of(directory).withMotion(motion).withDtype("f32"));
    }
    engine = new Engine(model);
  }

  @AfterAll
  void close() {
    model.close();
  }

  /** Before anything is computed, and with the ways round it. */
  @Test
  void clipsLongerThanAMotionModuleKnowsAreRefusedWithTheMend() {
    VideoRequest request = new VideoRequest("a cat", "", 1, 32, 32, 40, 8, 2, 3, "ddim");
    int most = model.network().config().longest().orElseThrow();
    assertThatThrownBy(() -> new TextToVideo(engine).latents(List.of(request), Progress.NONE))
        .hasMessage(
            "this motion module was made for clips of at most %s frames, not 40: a window of 16 or"
                    .formatted(most)
                + " free noise makes longer ones");
    Scopes.run(() -> {
      Engine windows = engine.withContext(new ContextWindows.Shape(16, 4));
      new TextToVideo(windows).latents(List.of(request), Progress.NONE);
      Engine wide = engine.withContext(new ContextWindows.Shape(32, 4));
      assertThatThrownBy(() -> new TextToVideo(wide).latents(List.of(request), Progress.NONE))
          .hasMessageContaining("not 32");
    });
  }

  @ParameterizedTest
  @MethodSource("everyPair")
  void makesWhatItSays(String task, String sampler) {
    TaskContractTest.Case c = Objects.requireNonNull(TaskContractTest.CASES.get(task));
    VideoRequest request =
        new VideoRequest("a photo of a cat", "a dog", 1, 32, 32, c.clip(), 8, 2, 3, sampler);
    Scopes.run(() -> {
      Tensor z = c.make().get().latents(engine, List.of(request), Progress.NONE);
      assertThat(Tensors.shape(z)).containsExactly(1, 4, c.frames(), 4, 4);
      for (float x : Tensors.toFloats(z)) {
        assertThat(x).isFinite();
      }
      TaskContractTest.requireHeld(c, z);
    });
  }
}
