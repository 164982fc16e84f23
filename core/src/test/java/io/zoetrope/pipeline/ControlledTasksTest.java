package io.zoetrope.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.Parity;
import io.zoetrope.diffusion.PromptCues;
import io.zoetrope.diffusion.guidance.ContextWindows;
import io.zoetrope.error.UserError;
import io.zoetrope.pipeline.family.ControlChoice;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.task.Restyle;
import io.zoetrope.pipeline.task.Roll;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A tiny AnimateDiff under a ControlNet of random weights: each frame is shown its own hint. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ControlledTasksTest {
  private static final int FRAMES = 12;
  private static final int CLIP = 8;
  private static final int SIZE = 32;

  @TempDir private static Path folder;

  private VideoModel model;
  private Engine engine;

  @BeforeAll
  void load() throws IOException {
    try (Parity fixture = Parity.of("animatediff");
        Parity canny = Parity.of("control/canny")) {
      Path directory = fixture.folder().resolve("model");
      TinyControl.write(folder, canny.folder().resolve("config.json"));
      ModelChoice choice =
          ModelChoice.of(directory)
              .withMotion(Optional.of(directory.resolve("motion_adapter")))
              .withControls(List.of(new ControlChoice(folder, 1)));
      model = VideoModel.load(choice.withDtype("f32"));
    }
    engine = new Engine(model);
  }

  @AfterAll
  void close() {
    model.close();
  }

  private static Tensor normal(String name, long... shape) {
    try (RandomStream stream = new RandomStreams(5).stream(name)) {
      return stream.normal(shape);
    }
  }

  private static VideoRequest request(int frames) {
    return new VideoRequest("a cat", "a dog", 1, SIZE, SIZE, frames, 8, 3, 3, "ddim");
  }

  private static Hints hints(Tensor pictures) {
    return new Hints(List.of(new Hints.Hint(pictures, Optional.empty())));
  }

  /** One picture a frame; those from {@code frame} on are other ones. */
  private static Tensor pictures(int frame) {
    Tensor one = normal("one", 1, 3, FRAMES, SIZE, SIZE).sigmoid();
    Tensor other = normal("other", 1, 3, FRAMES, SIZE, SIZE).sigmoid();
    return Tensors.cat(List.of(one.narrow(2, 0, frame), other.narrow(2, frame, FRAMES - frame)), 2);
  }

  private static byte[] frames(Tensor z, int from, int to) {
    return Tensors.toBytes(z.narrow(2, from, to - from).contiguous());
  }

  private Tensor restyled(Engine engine) {
    Tensor source = normal("source", 1, 4, FRAMES, SIZE / 8, SIZE / 8);
    return new Restyle(source, 0.7, 2).latents(engine, List.of(request(CLIP)), Progress.NONE);
  }

  @Test
  void aLongVideoIsShownTheHintsOfItsFramesClipByClip() {
    Scopes.run(() -> {
      Tensor some = restyled(engine.withHints(hints(pictures(FRAMES))));
      Tensor later = restyled(engine.withHints(hints(pictures(CLIP))));
      assertThat(frames(later, 0, CLIP)).isEqualTo(frames(some, 0, CLIP));
      for (int frame = CLIP; frame < FRAMES; frame++) {
        assertThat(frames(later, frame, frame + 1)).isNotEqualTo(frames(some, frame, frame + 1));
      }
      Tensor few = pictures(FRAMES).narrow(2, 0, 4);
      assertThatThrownBy(() -> restyled(engine.withHints(hints(few))))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("shown 4 frames, the video has 8");
    });
  }

  @Test
  void windowsOverALongClipAreShownTheirPartOfTheHints() {
    Scopes.run(() -> {
      Engine shown = engine.withHints(hints(pictures(FRAMES)));
      Engine other = engine.withHints(hints(pictures(CLIP)));
      byte[] whole = generated(shown, CLIP);
      assertThat(generated(shown.withContext(new ContextWindows.Shape(CLIP, 2)), CLIP))
          .isEqualTo(whole);
      ContextWindows.Shape alone = new ContextWindows.Shape(1, 0);
      // Windows of one frame know nothing of each other, so only the changed hints' frames change.
      Tensor a = latents(shown.withContext(alone), FRAMES);
      Tensor b = latents(other.withContext(alone), FRAMES);
      assertThat(frames(b, 0, CLIP)).isEqualTo(frames(a, 0, CLIP));
      assertThat(frames(b, CLIP, FRAMES)).isNotEqualTo(frames(a, CLIP, FRAMES));
    });
  }

  @Test
  void aRollingVideoIsShownTheHintsOfTheFramesInSight() {
    Scopes.run(() -> {
      List<byte[]> some = rolled(engine.withHints(hints(pictures(FRAMES))));
      List<byte[]> later = rolled(engine.withHints(hints(pictures(9))));
      // Windows of 4: frame 9 is first in sight while frame 6 is the first of its window.
      for (int frame = 0; frame < 8; frame++) {
        assertThat(Arrays.equals(some.get(frame), later.get(frame)))
            .as("frame %d", frame)
            .isEqualTo(frame < 6);
      }
    });
  }

  /** The first 8 frames of a video that rolls in windows of 4. */
  private static List<byte[]> rolled(Engine engine) {
    List<byte[]> frames = new ArrayList<>();
    new Roll(PromptCues.single(), List.of(List.of("a cat")), 0, Optional.empty())
        .latents(
            engine,
            List.of(request(4).withSteps(4)),
            8,
            (number, z) -> frames.add(Tensors.toBytes(z.contiguous())),
            Progress.NONE);
    return frames;
  }

  private static Tensor latents(Engine engine, int frames) {
    return new TextToVideo(engine).latents(List.of(request(frames)), Progress.NONE);
  }

  private static byte[] generated(Engine engine, int frames) {
    return frames(latents(engine, frames), 0, frames);
  }
}
