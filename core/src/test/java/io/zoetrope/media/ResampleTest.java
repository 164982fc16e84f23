package io.zoetrope.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames are taken by their time, not by their number. */
class ResampleTest {
  @TempDir Path folder;

  private Path clip(String name, int frames, double fps) {
    Path path = folder.resolve(name);
    VideoWriter.write(path, TestClips.counting(64, 64, frames, fps));
    return path;
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.mp4", "a.webm", "a.gif", "a"})
  void theSameRateGivesTheSameFrames(String name) {
    Path path = clip(name, 16, 8);
    Video back = VideoReader.read(path, ReadOptions.ALL.fps(8));
    assertThat(TestClips.numbers(back)).isEqualTo(IntStream.range(0, 16).boxed().toList());
    assertThat(back.fps()).isEqualTo(8);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.mp4", "a.webm", "a.gif"})
  void halfTheRateSkips(String name) {
    Video back = VideoReader.read(clip(name, 16, 8), ReadOptions.ALL.fps(4));
    assertThat(TestClips.numbers(back)).containsExactly(0, 2, 4, 6, 8, 10, 12, 14);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.mp4", "a.webm", "a.gif"})
  void threeTimesTheRateRepeats(String name) {
    Video back = VideoReader.read(clip(name, 4, 8), ReadOptions.ALL.fps(24));
    assertThat(TestClips.numbers(back)).containsExactly(0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3);
  }

  @Test
  void anUnevenRateTakesTheNearest() {
    // 20 frames at 30 per second to 12 per second: output k is shown at k / 12.
    Video back = VideoReader.read(clip("a.mp4", 20, 30), ReadOptions.ALL.fps(12));
    assertThat(TestClips.numbers(back)).containsExactly(0, 2, 5, 7, 10, 12, 15, 17);
  }

  @ParameterizedTest
  @CsvSource({"a.mp4,0.5", "a.webm,0.5", "a.gif,0.5", "a,0.5", "a.mp4,1.25", "a.webm,1.25"})
  void aWindowInTheMiddle(String name, double start) {
    Path path = clip(name, 16, 8);
    int first = (int) (start * 8);
    List<Integer> wanted = List.of(first, first + 1, first + 2);
    ReadOptions window = ReadOptions.ALL.start(start).maxFrames(3);
    // GIF rounds times to 10 ms; without a rate, what is still shown at the start counts.
    if (!name.endsWith("gif")) {
      assertThat(TestClips.numbers(VideoReader.read(path, window))).isEqualTo(wanted);
    }
    assertThat(TestClips.numbers(VideoReader.read(path, window.fps(8)))).isEqualTo(wanted);
  }

  @Test
  void aWindowBehindAKeyFrameDecodesTheSame() {
    Path path = folder.resolve("long.mp4");
    Video clip = TestClips.smooth(64, 64, 60, 8);
    VideoWriter.write(path, clip);
    Video all = VideoReader.read(path, ReadOptions.ALL.fps(8));
    Video part = VideoReader.read(path, ReadOptions.ALL.fps(8).start(43 / 8.0).maxFrames(9));
    for (int i = 0; i < 9; i++) {
      assertThat(part.frames().get(i).rgb()).isEqualTo(all.frames().get(43 + i).rgb());
    }
  }

  @Test
  void aPictureIsOneFrameAtAnyRate() {
    Path path = folder.resolve("a.png");
    Png.write(path, TestClips.plain(9, 7, 1, 2, 3));
    assertThat(VideoReader.read(path).frames()).hasSize(1);
    assertThat(VideoReader.read(path, ReadOptions.ALL.fps(24)).frames()).hasSize(1);
    assertThat(VideoReader.probe(path).still()).isTrue();
  }

  @Test
  void probeSaysWhatReadFinds() {
    VideoInfo info = VideoReader.probe(clip("a.mp4", 12, 24));
    assertThat(info.width()).isEqualTo(64);
    assertThat(info.fps()).isEqualTo(24);
    assertThat(info.seconds().orElseThrow()).isEqualTo(0.5);
    assertThat(info.frames().orElseThrow()).isEqualTo(12);
    assertThat(info.codec()).isEqualTo("h264");
  }

  @Test
  void maxFramesStops() {
    Video back = VideoReader.read(clip("a.mp4", 16, 8), ReadOptions.ALL.maxFrames(5));
    assertThat(TestClips.numbers(back)).containsExactly(0, 1, 2, 3, 4);
  }

  @ParameterizedTest
  @CsvSource({"mp4,a.mp4", "matroska,a.mkv"})
  void framesOfUnequalLengthAreTakenByTheirTimes(String muxer, String name) {
    Path steady = clip("steady.mp4", 4, 8);
    Path uneven = folder.resolve(name);
    double[] times = {0, 0.5, 0.75, 1.5, 1.625};
    Fixtures.copy(steady, uneven, muxer, par -> {}, times);
    Video back = VideoReader.read(uneven, ReadOptions.ALL.fps(8));
    assertThat(TestClips.numbers(back)).containsExactly(0, 0, 0, 0, 1, 1, 2, 2, 2, 2, 2, 2, 3);
    assertThat(TestClips.numbers(VideoReader.read(uneven))).containsExactly(0, 1, 2, 3);
    ReadOptions window = ReadOptions.ALL.fps(8).start(1).maxFrames(4);
    assertThat(TestClips.numbers(VideoReader.read(uneven, window))).containsExactly(2, 2, 2, 2);
  }
}
