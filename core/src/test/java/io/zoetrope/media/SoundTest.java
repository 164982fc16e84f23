package io.zoetrope.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.zoetrope.error.UserError;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sound goes with frames that keep their times, to the hundredth of a second. */
class SoundTest {
  @TempDir Path folder;

  private Path source() {
    Path path = folder.resolve("source.mkv");
    Tones.write(path, 20, 1, 1.5, 3);
    return path;
  }

  @ParameterizedTest
  @CsvSource({
    // file, from second, frames, when the tone is heard, how long there is sound
    "a.mp4, 0, 20, 1, 1.5, 2.5",
    "a.webm, 0, 20, 1, 1.5, 2.5",
    "a.mp4, 0.75, 14, 0.25, 0.75, 1.75",
    "a.webm, 0.75, 8, 0.25, 0.75, 1",
    "a.mp4, 1.25, 6, 0, 0.25, 0.75",
  })
  void isCutToTheFramesTaken(
      String name, double start, int frames, double from, double to, double length) {
    Path source = source();
    Video clip = VideoReader.read(source, ReadOptions.ALL.fps(8).start(start).maxFrames(frames));
    Path path = folder.resolve(name);
    Sound sound = new Sound(source, start, Double.POSITIVE_INFINITY);
    VideoWriter.write(path, clip, WriteOptions.at(8).sound(Optional.of(sound)));
    Tones.Heard heard = Tones.heard(path);
    assertThat(heard.from()).isCloseTo(from, within(0.012));
    assertThat(heard.to()).isCloseTo(to, within(0.012));
    assertThat(heard.length()).isCloseTo(length, within(0.13));
    Video back = VideoReader.read(path);
    assertThat(back.fps()).isCloseTo(8, within(0.01));
    assertThat(TestClips.numbers(back)).isEqualTo(TestClips.numbers(clip));
  }

  @Test
  void endsWhereItIsToEnd() {
    Path source = source();
    Path path = folder.resolve("a.mp4");
    WriteOptions options = WriteOptions.at(8).sound(Optional.of(new Sound(source, 0, 1.25)));
    VideoWriter.write(path, TestClips.counting(64, 64, 20, 8), options);
    assertThat(Tones.heard(path).to()).isCloseTo(1.25, within(0.012));
    assertThat(VideoReader.read(path).frames()).hasSize(20);
  }

  @Test
  void theReportNamesIt() {
    Path source = source();
    Source.Wish wish = Source.Wish.of(64, 64).at(8);
    String plain = "source.mkv: 64x64 at 8 fps, all 20 frames";
    assertThat(VideoReader.probe(source).sound()).isTrue();
    assertThat(Source.video(source, wish).report()).isEqualTo(plain);
    assertThat(Source.video(source, wish.heard(Source.Hearing.LOST)).report())
        .isEqualTo(plain + ", without its sound");
    assertThat(Source.video(source, wish.heard(Source.Hearing.KEPT)).report())
        .isEqualTo(plain + ", with its sound");
    Path silent = folder.resolve("silent.mkv");
    assertThat(Source.video(silent, wish.heard(Source.Hearing.LOST)).report())
        .doesNotContain("sound");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.gif", "a.webp", "frames"})
  void whereThereIsNoneItIsLeftOut(String name) {
    Path source = source();
    WriteOptions options = WriteOptions.at(8).sound(Optional.of(new Sound(source, 0, 9)));
    Path path = folder.resolve(name);
    VideoWriter.write(path, TestClips.counting(64, 64, 4, 8), options);
    assertThat(VideoReader.read(path).frames()).hasSize(4);
    assertThat(OutputFormat.of(path).sounds()).isFalse();
  }

  @Test
  void ofAFileWithoutAnyItIsAnError() {
    Path silent = folder.resolve("silent.mp4");
    VideoWriter.write(silent, TestClips.counting(64, 64, 4, 8));
    WriteOptions options = WriteOptions.at(8).sound(Optional.of(new Sound(silent, 0, 9)));
    assertThatThrownBy(() ->
            VideoWriter.write(folder.resolve("a.mp4"), TestClips.counting(64, 64, 4, 8), options))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("has no sound");
    assertThat(folder.resolve("a.mp4")).doesNotExist();
  }
}
