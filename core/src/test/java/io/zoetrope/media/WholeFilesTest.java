package io.zoetrope.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.zoetrope.error.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.ffmpeg.global.avutil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a container claims is a hint; the frames that decode count, and when they are shown. */
class WholeFilesTest {
  private static final Video CLIP = TestClips.counting(64, 64, 21, 8);
  @TempDir Path folder;

  private static List<Integer> run(int from, int to) {
    return IntStream.range(from, to).boxed().toList();
  }

  private Path bFrames(String name, String muxer) {
    Path path = folder.resolve(name);
    Fixtures.writeBFrames(path, CLIP, muxer);
    return path;
  }

  private static void refused(Path path) {
    assertThatThrownBy(() -> VideoReader.read(path))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("damaged or cut off");
  }

  @ParameterizedTest
  @CsvSource({
    // container, what is shown, the frames of that
    "mp4, 1, 1.625, 8, 21",
    "mov, 1, 1.625, 8, 21",
    "mp4, 0, 1.25, 0, 10",
    "mp4, 0.5, 1.25, 4, 14",
    "mov, 2.25, 0.25, 18, 20",
  })
  void anEditListHidesFrames(String muxer, double start, double seconds, int from, int to)
      throws IOException {
    Path path = bFrames("trimmed." + muxer, muxer);
    Fixtures.trim(path, start, seconds);
    Video video = VideoReader.read(path);
    assertThat(TestClips.numbers(video)).isEqualTo(run(from, to));
    assertThat(video.fps()).isCloseTo(8, within(1e-6));
    if (start > 0) {
      assertThat(VideoReader.probe(path).frames()).hasValue(to - from);
    }
    Video second = VideoReader.read(path, ReadOptions.ALL.start(0.125));
    assertThat(TestClips.numbers(second)).isEqualTo(run(from + 1, to));
  }

  @Test
  void aTrimmedFileThatBreaksOffIsStillRefused() throws IOException {
    Path path = folder.resolve("a.mp4");
    VideoWriter.write(path, CLIP); // its index comes first
    Fixtures.trim(path, 1, 1.625);
    assertThat(TestClips.numbers(VideoReader.read(path))).isEqualTo(run(8, 21));
    byte[] all = Files.readAllBytes(path);
    refused(Files.write(path, Arrays.copyOf(all, all.length - 60)));
  }

  @ParameterizedTest
  @CsvSource({"a.avi,avi", "a.mkv,matroska", "a.mp4,mp4", "a.ts,mpegts", "a.nut,nut"})
  void framesOutOfOrderKeepTheirTimes(String name, String muxer) {
    Path path = bFrames(name, muxer);
    Video plain = VideoReader.read(path);
    assertThat(TestClips.numbers(plain)).isEqualTo(run(0, 21));
    assertThat(plain.fps()).isCloseTo(8, within(1e-6));
    Source even = Source.video(path, Source.Wish.of(64, 64).at(8));
    assertThat(TestClips.numbers(even.video())).isEqualTo(run(0, 21));
    assertThat(even.report()).isEqualTo(name + ": 64x64 at 8 fps, all 21 frames");
  }

  @ParameterizedTest
  @CsvSource({"a.avi,avi", "a.mkv,matroska", "a.mp4,mp4", "a.ts,mpegts", "a.nut,nut"})
  void aPartIsTheSameAsThatPartOfTheWhole(String name, String muxer) {
    Path path = bFrames(name, muxer);
    for (double start : new double[] {0.1, 0.7, 1.5, 1.6, 1.7, 2.4}) {
      int first = (int) Math.floor(start * 8);
      Video part = VideoReader.read(path, ReadOptions.ALL.start(start));
      assertThat(TestClips.numbers(part)).as("from %s", start).isEqualTo(run(first, 21));
    }
    for (int first : new int[] {1, 7, 12, 13, 19}) {
      ReadOptions options = ReadOptions.ALL.fps(8).start(first / 8.0).maxFrames(2);
      assertThat(TestClips.numbers(VideoReader.read(path, options)))
          .isEqualTo(run(first, first + 2));
    }
  }

  @ParameterizedTest
  @CsvSource({"open-groups.mp4, 16", "trimmed-hevc.mp4, 16", "packed.avi, 0"})
  void filesOfOtherPrograms(String name, int first) {
    Path path = Path.of("src/test/resources/media", name);
    Video video = VideoReader.read(path, ReadOptions.ALL.fps(8));
    assertThat(video.frames().stream().map(WholeFilesTest::luma).toList())
        .isEqualTo(run(first, 32));
    Video part = VideoReader.read(path, ReadOptions.ALL.fps(8).start(1.5));
    assertThat(part.frames().stream().map(WholeFilesTest::luma).toList())
        .isEqualTo(run(first + 12, 32));
  }

  /** Which frame of those in the test resources this is. */
  private static int luma(Frame frame) {
    return (int) Math.round((TestClips.pixel(frame, 32, 32)[0] * 219 / 255.0 + 16 - 40) / 6);
  }

  @Test
  void bareStreamsPlayAtTheirOwnRate() {
    Path path = folder.resolve("a.m2v");
    int format = avutil.AV_PIX_FMT_YUV420P;
    int matrix = avutil.AVCOL_SPC_SMPTE170M;
    Video clip = TestClips.counting(64, 64, 21, 50);
    Fixtures.write(path, clip, "mpeg2video", "mpeg2video", format, matrix, false);
    assertThat(VideoReader.probe(path).fps()).isEqualTo(50);
    assertThat(VideoReader.read(path).fps()).isCloseTo(50, within(1e-6));
  }

  @Test
  void aPauseIsNoMissingFrame() {
    Path steady = folder.resolve("steady.avi");
    int format = avutil.AV_PIX_FMT_YUV420P;
    int matrix = avutil.AVCOL_SPC_SMPTE170M;
    Video clip = TestClips.counting(64, 64, 5, 8);
    Fixtures.write(steady, clip, "avi", "mpeg4", format, matrix, false);
    double[] times = {0, 0.125, 1, 1.125, 1.75, 1.875};
    for (String ending : List.of("avi", "mkv", "mp4")) {
      Path paused = folder.resolve("paused." + ending);
      String muxer = ending.replace("mkv", "matroska");
      Fixtures.copy(steady, paused, muxer, par -> par.codec_tag(0), times);
      assertThat(TestClips.numbers(VideoReader.read(paused))).isEqualTo(run(0, 5));
      Source source = Source.video(paused, Source.Wish.of(64, 64).at(8));
      assertThat(TestClips.numbers(source.video()))
          .as(ending)
          .containsExactly(0, 1, 1, 1, 1, 1, 1, 1, 2, 3, 3, 3, 3, 3, 4);
      assertThat(source.report()).endsWith("uneven times evened");
    }
  }

  @Test
  void behindTheLastFrameNothingIsMissing() throws IOException {
    Path path = folder.resolve("a.mkv");
    Video clip = TestClips.counting(64, 64, 6, 8);
    Fixtures.writeBFrames(path, clip, "matroska"); // ends in an index
    byte[] all = Files.readAllBytes(path);
    Path cut = folder.resolve("cut.mkv");
    Files.write(cut, Arrays.copyOf(all, all.length - 10));
    assertThat(TestClips.numbers(VideoReader.read(cut))).isEqualTo(run(0, 6));
    refused(Files.write(cut, Arrays.copyOf(all, all.length * 2 / 3)));
  }

  private byte[] gif() throws IOException {
    Path path = folder.resolve("a.gif");
    VideoWriter.write(path, TestClips.smooth(32, 32, 5, 8));
    return Files.readAllBytes(path);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void aGifNeedsNoEnd(int missing) throws IOException {
    byte[] all = gif();
    Path path = folder.resolve("b.gif");
    Files.write(path, Arrays.copyOf(all, all.length - missing));
    assertThat(VideoReader.read(path).frames())
        .usingRecursiveFieldByFieldElementComparator()
        .isEqualTo(VideoReader.read(folder.resolve("a.gif")).frames());
  }

  @ParameterizedTest
  @ValueSource(ints = {5, 9, 60})
  void aGifThatBreaksOffWithinAFrameIsRefused(int missing) throws IOException {
    byte[] all = gif();
    refused(Files.write(folder.resolve("b.gif"), Arrays.copyOf(all, all.length - missing)));
  }

  @Test
  void aStillGifIsJudgedAlike() throws IOException {
    Path path = folder.resolve("still.gif");
    VideoWriter.write(path, TestClips.smooth(32, 32, 1, 8));
    byte[] all = Files.readAllBytes(path);
    Files.write(path, Arrays.copyOf(all, all.length - 1));
    assertThat(VideoReader.read(path).frames()).hasSize(1);
    refused(Files.write(path, Arrays.copyOf(all, all.length - 12)));
  }

  @ParameterizedTest
  @CsvSource({
    "21fe20616263, true", // a comment that breaks off: no frame does
    "3b6a756e6b, true", // bytes behind the trailer
    "0000, true",
    "21f904040a00ff00, false", // a frame is announced and does not come
    "21f904, false",
    "2c00000000, false",
  })
  void whatFollowsTheLastFrameOfAGif(String hex, boolean whole) throws IOException {
    byte[] all = gif();
    byte[] more = HexFormat.of().parseHex(hex);
    byte[] both = Arrays.copyOf(all, all.length - 1 + more.length);
    System.arraycopy(more, 0, both, all.length - 1, more.length);
    Path path = Files.write(folder.resolve("b.gif"), both);
    if (whole) {
      assertThat(VideoReader.read(path).frames()).hasSize(5);
    } else {
      refused(path);
    }
  }
}
