package io.zoetrope.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Fields become frames, and light of a high range that of a screen; both are said. */
class LightAndFieldsTest {
  private static final Path FILES = Path.of("src/test/resources/media");
  @TempDir Path folder;

  /** A white block that moves between the upper and the lower field of a frame too. */
  private static Video fields(int frames) {
    List<Frame> made = new ArrayList<>();
    for (int f = 0; f < frames; f++) {
      byte[] rgb = new byte[64 * 64 * 3];
      for (int y = 0; y < 64; y++) {
        int left = 4 * (2 * f + y % 2);
        Arrays.fill(rgb, (y * 64 + left) * 3, (y * 64 + left + 16) * 3, (byte) 255);
      }
      made.add(new Frame(64, 64, rgb));
    }
    return new Video(made, 25);
  }

  /** Mean difference of neighbouring rows, away from the edges. */
  private static double teeth(Video video) {
    double sum = 0;
    int n = 0;
    for (Frame frame : video.frames()) {
      for (int y = 8; y < 56; y++) {
        for (int i = 0; i < 64 * 3; i++) {
          int at = y * 64 * 3 + i;
          sum += Math.abs((frame.rgb()[at] & 0xff) - (frame.rgb()[at + 64 * 3] & 0xff));
          n++;
        }
      }
    }
    return sum / n;
  }

  private static void clean(Path path) {
    Video video = VideoReader.read(path);
    assertThat(video.frames()).hasSize(6);
    assertThat(video.fps()).isEqualTo(25);
    assertThat(teeth(fields(6))).isGreaterThan(30);
    assertThat(teeth(video)).isLessThan(4);
    assertThat(Source.video(path, Source.Wish.of(64, 64)).report())
        .isEqualTo(path.getFileName() + ": 64x64 at 25 fps, all 6 frames, deinterlaced");
  }

  @ParameterizedTest
  @CsvSource({"a.ts,mpegts", "a.mkv,matroska", "a.mpg,mpeg"})
  void fieldsThatFramesState(String name, String muxer) {
    Path path = folder.resolve(name);
    Fixtures.writeFields(path, fields(6), muxer);
    clean(path);
  }

  @Test
  void fieldsThatTheContainerStates() {
    Path plain = folder.resolve("plain.mkv");
    int format = avutil.AV_PIX_FMT_YUV444P;
    int matrix = avutil.AVCOL_SPC_SMPTE170M;
    Fixtures.write(plain, fields(6), "matroska", "ffv1", format, matrix, false);
    Path path = folder.resolve("a.mkv");
    Fixtures.copy(
        plain, path, "matroska", par -> par.field_order(avcodec.AV_FIELD_TT), new double[0]);
    clean(path);
    assertThat(teeth(VideoReader.read(plain))).isGreaterThan(30);
    assertThat(Source.video(plain, Source.Wish.of(64, 64)).report()).endsWith("all 6 frames");
  }

  @Test
  void fieldsKeepTheirTimes() {
    Path path = folder.resolve("a.mkv");
    Fixtures.writeFields(path, TestClips.counting(64, 64, 20, 25), "matroska");
    assertThat(TestClips.numbers(VideoReader.read(path, ReadOptions.ALL.start(0.2))))
        .startsWith(5, 6, 7)
        .hasSize(15);
    assertThat(TestClips.numbers(VideoReader.read(path, ReadOptions.ALL.fps(12.5))))
        .containsExactly(0, 2, 4, 6, 8, 10, 12, 14, 16, 18);
  }

  @ParameterizedTest
  @ValueSource(strings = {"PQ", "HLG"})
  void highRangesAreMadeThoseOfAScreen(String range) {
    String name = range.toLowerCase(Locale.ROOT) + ".mp4";
    Source source = Source.video(FILES.resolve(name), Source.Wish.of(64, 64));
    assertThat(source.report()).endsWith("10 bit, HDR (" + range + ") tone-mapped");
    int[][] bars = {
      {60, 60, 60}, {128, 128, 128}, {220, 220, 220}, {255, 255, 255},
      {200, 40, 40}, {40, 180, 60}, {40, 60, 200}, {10, 10, 10}
    };
    Frame frame = source.video().frames().getFirst();
    for (int i = 0; i < bars.length; i++) {
      int[] seen = TestClips.pixel(frame, 8 * i + 4, 32);
      boolean grey = bars[i][0] == bars[i][1];
      for (int c = 0; c < 3; c++) {
        // White leaves room for what is brighter; saturated colours bend a little.
        int tolerance = i == 3 ? 25 : grey ? 4 : 42;
        assertThat(seen[c])
            .as("bar %d, channel %d", i, c)
            .isBetween(bars[i][c] - tolerance, bars[i][c] + tolerance);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 18})
  void whatIsMarkedOnlyIsTakenSo(int transfer) {
    Path sdr = folder.resolve("sdr.mkv");
    Video clip = TestClips.smooth(64, 64, 2, 8);
    int format = avutil.AV_PIX_FMT_YUV420P10;
    Fixtures.write(sdr, clip, "matroska", "ffv1", format, avutil.AVCOL_SPC_BT2020_NCL, false);
    Path hdr = folder.resolve("hdr.mkv");
    Fixtures.copy(sdr, hdr, "matroska", par -> par.color_trc(transfer), new double[0]);
    assertThat(Source.video(hdr, Source.Wish.of(64, 64)).report()).contains("tone-mapped");
  }
}
