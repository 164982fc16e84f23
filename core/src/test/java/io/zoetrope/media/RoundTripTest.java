package io.zoetrope.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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

  /** OpenH264 fails on frames that outgrow its buffer; the writer must get them through. */
  @Test
  void noiseInTheMiddleOfAnMp4() {
    List<Frame> frames = new ArrayList<>(TestClips.smooth(128, 128, 4, 8).frames());
    frames.addAll(TestClips.noise(128, 128, 4, 8).frames());
    frames.addAll(TestClips.smooth(128, 128, 4, 8).frames());
    Path path = folder.resolve("noise.mp4");
    VideoWriter.write(path, new Video(frames, 8), WriteOptions.at(8).quality(100));
    Video back = VideoReader.read(path);
    assertThat(back.frames()).hasSize(12);
    assertThat(TestClips.psnr(part(frames, 0), part(back.frames(), 0))).isGreaterThan(38);
    assertThat(TestClips.psnr(part(frames, 4), part(back.frames(), 4))).isGreaterThan(10);
    assertThat(TestClips.psnr(part(frames, 8), part(back.frames(), 8))).isGreaterThan(38);
  }

  private static Video part(List<Frame> frames, int from) {
    return new Video(frames.subList(from, from + 4), 8);
  }

  @Test
  void gifOfFewColoursIsNearlyExact() {
    List<Frame> frames = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      Frame frame = TestClips.plain(96, 64, 200, 190, 180);
      for (int y = 20; y < 40; y++) {
        for (int x = 4 * i; x < 4 * i + 20; x++) {
          frame.rgb()[(y * 96 + x) * 3] = (byte) (100 + 5 * y);
          frame.rgb()[(y * 96 + x) * 3 + 1] = 30;
        }
      }
      frames.add(frame);
    }
    Video video = new Video(frames, 12);
    Path path = folder.resolve("toy.gif");
    VideoWriter.write(path, video);
    Video back = VideoReader.read(path);
    assertThat(back.fps()).isCloseTo(12, within(0.1));
    assertThat(TestClips.psnr(video, back)).isGreaterThan(45);
  }

  @Test
  void animatedWebpHasItsFramesAndTimes() throws Exception {
    Path path = folder.resolve("a.webp");
    Video clip = TestClips.smooth(101, 60, 9, 8);
    VideoWriter.write(path, clip);
    ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(file.getInt(4) + 8).isEqualTo(file.limit());
    List<Integer> durations = new ArrayList<>();
    int loops = -1;
    for (int at = 12; at < file.limit(); at += 8 + (file.getInt(at + 4) + 1) / 2 * 2) {
      String chunk = new String(file.array(), at, 4, StandardCharsets.US_ASCII);
      switch (chunk) {
        case "VP8X" -> {
          assertThat((file.getInt(at + 12) & 0xffffff) + 1).isEqualTo(101);
          assertThat((file.getInt(at + 14) >>> 8) + 1).isEqualTo(60);
        }
        case "ANIM" -> loops = file.getShort(at + 12);
        case "ANMF" -> durations.add(file.getInt(at + 8 + 12) & 0xffffff);
        default -> {}
      }
    }
    assertThat(loops).isZero();
    assertThat(durations).hasSize(9).containsOnly(125);
    Video back = VideoReader.read(path);
    assertThat(back.frames()).hasSize(9);
    assertThat(back.fps()).isEqualTo(8);
    assertThat(TestClips.psnr(clip, back)).isGreaterThan(30);
  }

  @Test
  void mp4StartsWithItsIndexAndSaysItsColours() throws Exception {
    Path path = folder.resolve("a.mp4");
    VideoWriter.write(path, TestClips.smooth(64, 64, 8, 8));
    String bytes = new String(Files.readAllBytes(path), StandardCharsets.ISO_8859_1);
    assertThat(bytes.indexOf("moov")).isPositive().isLessThan(bytes.indexOf("mdat"));
    // nclx: primaries 1, transfer 1, matrix 1 (BT.709), not full range.
    int colr = bytes.indexOf("colrnclx");
    assertThat(bytes.substring(colr + 8, colr + 15)).isEqualTo("\0\1\0\1\0\1\0");
  }

  @Test
  void pngSequenceReplacesAnOlderOneWhole() throws Exception {
    Path path = folder.resolve("frames");
    VideoWriter.write(path, TestClips.counting(8, 8, 9, 8));
    VideoWriter.write(path, TestClips.counting(8, 8, 3, 8));
    try (var files = Files.list(path)) {
      assertThat(files.map(p -> p.getFileName().toString()))
          .containsExactlyInAnyOrder("00000.png", "00001.png", "00002.png");
    }
    Video back = VideoReader.read(path, ReadOptions.ALL.fps(12));
    assertThat(TestClips.numbers(back)).containsExactly(0, 1, 2);
    assertThat(back.fps()).isEqualTo(12);
  }

  @Test
  void onePngIsThePictureAndManyAreASheet() {
    Path one = folder.resolve("one.png");
    Path many = folder.resolve("many.png");
    Video clip = TestClips.smooth(40, 30, 6, 8);
    VideoWriter.write(one, new Video(clip.frames().subList(0, 1), 8));
    VideoWriter.write(many, clip);
    assertThat(Png.read(one).rgb()).isEqualTo(clip.frames().getFirst().rgb());
    assertThat(Png.read(many).width()).isEqualTo(4 + 3 * 44);
    assertThat(Png.read(many).height()).isEqualTo(4 + 2 * 34);
  }
}
