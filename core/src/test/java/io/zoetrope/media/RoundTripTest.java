package io.zoetrope.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is written comes back: size, frames, rate and colours. */
class RoundTripTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "a.mp4, 128, 128, 16, 8, 38",
    "b.mp4, 320, 180, 24, 24, 38",
    "c.mp4, 16, 16, 1, 30, 30",
    "c2.mp4, 130, 98, 5, 29.97, 38",
    "d.webm, 128, 128, 16, 8, 38",
    "e.webm, 127, 95, 16, 12, 38",
    "f.webm, 1, 1, 3, 10, 25",
    "g.gif, 128, 128, 16, 8, 25",
    "h.gif, 101, 53, 10, 25, 25",
    "i/, 33, 17, 4, 8, 99",
  })
  void videoComesBack(String name, int w, int h, int frames, double fps, double psnr)
      throws Exception {
    Path path = folder.resolve(name);
    Video video = TestClips.smooth(w, h, frames, fps);
    VideoWriter.write(path, video);
    Video back = VideoReader.read(path);
    assertThat(back.width()).isEqualTo(w);
    assertThat(back.height()).isEqualTo(h);
    assertThat(back.frames()).hasSize(frames);
    assertThat(back.fps()).isCloseTo(fps, within(fps * 1e-3));
    double measured = TestClips.psnr(video, back);
    long bytes = Files.isDirectory(path) ? 0 : Files.size(path);
    System.out.printf(
        "%s %dx%d %d frames: %.1f dB, %d bytes%n", name, w, h, frames, measured, bytes);
    assertThat(measured).isGreaterThan(psnr);
    try (var left = Files.list(folder)) {
      assertThat(left).containsExactly(path);
    }
  }

  @ParameterizedTest
  @CsvSource({"a.mp4", "a.webm"})
  void coloursAreBt709InLimitedRange(String name) {
    int[][] colours = {
      {255, 0, 0}, {0, 255, 0}, {0, 0, 255}, {255, 255, 255}, {0, 0, 0}, {200, 120, 40}
    };
    List<Frame> frames =
        Arrays.stream(colours).map(c -> TestClips.plain(64, 64, c[0], c[1], c[2])).toList();
    Path path = folder.resolve(name);
    VideoWriter.write(path, new Video(frames, 4));
    Video back = VideoReader.read(path);
    for (int i = 0; i < colours.length; i++) {
      int[] seen = TestClips.pixel(back.frames().get(i), 30, 30);
      for (int c = 0; c < 3; c++) {
        assertThat(seen[c]).as("colour %d channel %d", i, c).isCloseTo(colours[i][c], within(4));
      }
    }
  }

  @Test
  void fullChromaKeepsThinColouredLines() {
    Frame lines = TestClips.plain(64, 64, 0, 0, 255);
    for (int y = 0; y < 64; y += 2) {
      for (int x = 0; x < 64; x++) {
        lines.rgb()[(y * 64 + x) * 3] = (byte) 255;
        lines.rgb()[(y * 64 + x) * 3 + 2] = 0;
      }
    }
    Video video = new Video(List.of(lines, lines), 8);
    Path half = folder.resolve("half.webm");
    Path full = folder.resolve("full.webm");
    VideoWriter.write(half, video);
    VideoWriter.write(full, video, WriteOptions.at(8).chroma(WriteOptions.Chroma.FULL));
    double lost = TestClips.psnr(video, VideoReader.read(half));
    double kept = TestClips.psnr(video, VideoReader.read(full));
    assertThat(lost).isLessThan(15);
    assertThat(kept).isGreaterThan(30);
  }

  @Test
  void qualityTradesBytesForFidelity() throws Exception {
    Video video = TestClips.smooth(128, 128, 16, 8);
    Path small = folder.resolve("small.mp4");
    Path best = folder.resolve("best.mp4");
    VideoWriter.write(small, video, WriteOptions.at(8).quality(40));
    VideoWriter.write(best, video, WriteOptions.at(8).quality(100));
    assertThat(Files.size(small)).isLessThan(Files.size(best));
    assertThat(TestClips.psnr(video, VideoReader.read(best)))
        .isGreaterThan(TestClips.psnr(video, VideoReader.read(small)));
  }
}
