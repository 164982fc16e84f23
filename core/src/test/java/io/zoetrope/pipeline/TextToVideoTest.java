package io.zoetrope.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.zoetrope.error.UserError;
import io.zoetrope.media.Video;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.schedule.Samplers;
import io.zoetrope.progress.Progress;
import io.zoetrope.progress.Report;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TextToVideoTest {
  private VideoModel model;

  @BeforeAll
  void load(@TempDir Path folder) {
    model = VideoModel.load(ModelChoice.of(TinyModel.write(folder.resolve("model")), "f32"));
  }

  @AfterAll
  void close() {
    model.close();
  }

  @ParameterizedTest
  @FieldSource("io.zoetrope.pipeline.schedule.Samplers#NAMES")
  void everySamplerMakesFiniteFrames(String sampler) {
    VideoRequest request = TinyModel.request(1, 5, 6, sampler);
    Scopes.run(() -> {
      Tensor latents = new TextToVideo(new Engine(model)).latents(List.of(request), Progress.NONE);
      assertThat(Tensors.shape(latents)).containsExactly(1, 4, 5, 4, 4);
      for (float z : Tensors.toFloats(latents)) {
        assertThat(z).isFinite().isBetween(-1000f, 1000f);
      }
      Video video = new TextToVideo(new Engine(model)).decode(latents, request.fps());
      assertThat(video.frames()).hasSize(5);
      assertThat(video.frames()).allMatch(f -> f.width() == 16 && f.height() == 16);
      assertThat(video.fps()).isEqualTo(8);
    });
  }

  @Test
  void anImageIsAVideoOfOneFrame() {
    Video video =
        new TextToVideo(new Engine(model))
            .run(TinyModel.request(1, 1, 2, "flow-euler"), Progress.NONE);
    assertThat(video.frames()).hasSize(1);
  }

  @Test
  void thePromptAndItsGuidanceMatter() {
    VideoRequest red = TinyModel.request(1);
    VideoRequest blue = prompt(red, "a blue ball", red.guidance());
    assertThat(TinyModel.latents(model, red)).isNotEqualTo(TinyModel.latents(model, blue));
    assertThat(TinyModel.latents(model, red))
        .isNotEqualTo(TinyModel.latents(model, prompt(red, red.prompt(), 1)));
  }

  /** With no words on either side, guidance has nothing to point away from. */
  @Test
  void anEmptyPromptIsOneOfItsOwnAndGuidanceLeavesIt() {
    VideoRequest red = TinyModel.request(1);
    float[] guided = floats(TinyModel.latents(model, prompt(red, "", 3)));
    float[] plain = floats(TinyModel.latents(model, prompt(red, "", 1)));
    assertThat(guided).hasSameSizeAs(plain).isNotEqualTo(floats(TinyModel.latents(model, red)));
    for (int i = 0; i < plain.length; i++) {
      assertThat(guided[i]).isFinite().isCloseTo(plain[i], within(1e-4f));
    }
  }

  private static float[] floats(byte[] bytes) {
    float[] values = new float[bytes.length / Float.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).asFloatBuffer().get(values);
    return values;
  }

  private static VideoRequest prompt(VideoRequest r, String prompt, double guidance) {
    return r.withPrompt(prompt).withGuidance(guidance);
  }

  @ParameterizedTest
  @CsvSource({"17,16,16x16", "16,18,16x20", "21,23,20x24", "4095,16,4096x16"})
  void aSizeThatIsNoMultipleIsRefusedWithTheNearest(int width, int height, String nearest) {
    VideoRequest r = TinyModel.request(1);
    VideoRequest odd = r.withPrompt("").withFrames(2).withSize(width, height);
    assertThatThrownBy(() -> new TextToVideo(new Engine(model)).run(odd, Progress.NONE))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "this model makes sizes that are multiples of 4; nearest to %sx%s is %s"
                .formatted(width, height, nearest));
  }

  @Test
  void anUnknownSamplerIsRefusedWithThoseThatExist() {
    assertThatThrownBy(() -> TinyModel.latents(model, TinyModel.request(1, 2, 2, "magic")))
        .isInstanceOf(UserError.class)
        .hasMessage("unknown sampler 'magic': it is one of " + String.join(", ", Samplers.NAMES));
  }

  @Test
  void aBatchDiffersInPromptsAndSeedsOnly() {
    assertThatThrownBy(() ->
            TinyModel.latents(
                model, TinyModel.request(1, 2, 2, "ddim"), TinyModel.request(1, 2, 3, "ddim")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** Cancels after some steps, and remembers what it was told. */
  private static final class Impatient implements Progress {
    final int patience;
    final List<Long> seen = new ArrayList<>();

    Impatient(int patience) {
      this.patience = patience;
    }

    @Override
    public void update(Report report) {
      assertThat(report.total()).isEqualTo(6);
      assertThat(Tensors.shape(report.preview().get().orElseThrow()))
          .containsExactly(1, 4, 3, 4, 4);
      seen.add(report.done());
    }

    @Override
    public boolean cancelled() {
      return seen.size() >= patience;
    }
  }

  @ParameterizedTest
  @FieldSource("io.zoetrope.pipeline.schedule.Samplers#NAMES")
  void cancellingBetweenStepsLeavesNothing(String sampler) {
    VideoRequest request = TinyModel.request(1, 3, 6, sampler);
    byte[] before = TinyModel.latents(model, request);
    long handles = handles();
    for (int patience : List.of(0, 1, 3)) {
      Impatient progress = new Impatient(patience);
      assertThatThrownBy(() -> new TextToVideo(new Engine(model)).run(request, progress))
          .isInstanceOf(CancellationException.class)
          .hasMessage("cancelled after " + patience + " of 6");
      assertThat(progress.seen).hasSize(patience);
    }
    assertThat(handles()).as("native objects alive").isLessThanOrEqualTo(handles);
    assertThat(TinyModel.latents(model, request)).isEqualTo(before);
  }

  /** How many native objects Java holds, after those that nobody can reach are gone. */
  static long handles() {
    long last = Long.MAX_VALUE;
    for (int i = 0; i < 50; i++) {
      System.gc();
      try {
        Thread.sleep(20);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      long now = Pointer.totalCount();
      if (now == last) {
        return now;
      }
      last = now;
    }
    return last;
  }
}
