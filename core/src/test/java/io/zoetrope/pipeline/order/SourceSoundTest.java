package io.zoetrope.pipeline.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.zoetrope.media.Tones;
import io.zoetrope.media.VideoReader;
import io.zoetrope.pipeline.TinyModel;
import io.zoetrope.progress.Progress;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What keeps the frames of a source keeps its sound, where the file can hold any. */
class SourceSoundTest {
  @TempDir static Path model;
  @TempDir static Path folder;

  @BeforeAll
  static void prepare() {
    TinyModel.write(model);
    Tones.write(folder.resolve("a.mkv"), 12, 0.5, 0.75, 2);
  }

  private static Made make(String task, double start, int frames, String to) {
    String order =
        """
        task: {kind: %s, video: {path: a.mkv}, start: %s}
        wish: {prompts: [a red ball], seed: 3, steps: 2, frames: %s, fps: 8}
        model: {name: "%s"}
        """
            .formatted(task, start, frames, model);
    FileSink sink = FileSink.of(folder.resolve(to));
    return Studio.make(VideoOrder.parse("it", order), Sources.in(folder), sink, Progress.NONE);
  }

  @ParameterizedTest
  @CsvSource({
    // task, from second, frames, file, when the tone is heard
    "extend, 0, 16, a.mp4, 0.5",
    "restyle, 0, 8, b.webm, 0.5",
    "restyle, 0.25, 6, b.mp4, 0.25",
    "refine, 0, 8, c.mp4, 0.5",
  })
  void goesWithItsFrames(String task, double start, int frames, String to, double tone) {
    Made made = make(task, start, frames, to);
    assertThat(made.sources()).singleElement().asString().endsWith("with its sound");
    Tones.Heard heard = Tones.heard(folder.resolve(to));
    assertThat(heard.from()).isCloseTo(tone, within(0.012));
    assertThat(heard.to()).isCloseTo(tone + 0.25, within(0.012));
    assertThat(VideoReader.read(folder.resolve(to)).frames()).hasSize(frames);
  }

  @Test
  void isNamedWhereItStaysBehind() {
    assertThat(make("restyle", 0, 6, "d.gif").sources())
        .singleElement()
        .asString()
        .endsWith("without its sound");
  }
}
