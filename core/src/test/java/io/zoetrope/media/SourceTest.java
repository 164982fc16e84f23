package io.zoetrope.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.error.UserError;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.bytedeco.ffmpeg.global.avutil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sources of every size, rate and length become what was wished for, and it is said how. */
class SourceTest {
  private static final Source.Wish WISH = Source.Wish.of(32, 32).at(8);
  @TempDir Path folder;

  private Path clip(String name, Video video) {
    Path path = folder.resolve(name);
    VideoWriter.write(path, video);
    return path;
  }

  @Test
  void whatFitsStaysToTheBit() {
    Video video = TestClips.smooth(32, 32, 6, 8);
    Source source = Source.video(clip("a", video), WISH);
    assertThat(source.report()).isEqualTo("a: 32x32 at 8 fps, all 6 frames");
    for (int i = 0; i < 6; i++) {
      assertThat(source.video().frames().get(i).rgb()).isEqualTo(video.frames().get(i).rgb());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "a.mp4; 64; 36; 24; 48; 16; CROP;"
            + " a.mp4: 64x36 at 24 fps -> 32x32 at 8 fps, all 16 frames, centre crop",
        "a.mp4; 64; 36; 24; 48; 4; PAD;"
            + " a.mp4: 64x36 at 24 fps -> 32x32 at 8 fps, frames 0..3 of 16, black bars",
        "a.webm; 37; 23; 12.5; 10; 99; STRETCH;"
            + " a.webm: 37x23 at 12.5 fps -> 32x32 at 8 fps, all 7 frames, stretched, enlarged",
        "a.gif; 64; 64; 4; 4; 99; CROP;"
            + " a.gif: 64x64 at 4 fps -> 32x32 at 8 fps, all 8 frames, some shown more than once",
        "a.mp4; 16; 16; 8; 1; 99; CROP;" + " a.mp4: 16x16 -> 32x32, enlarged",
      })
  void theReportSaysIt(
      String name, int w, int h, double fps, int frames, int most, Fit fit, String report) {
    Path path = clip(name, TestClips.smooth(w, h, frames, fps));
    Source source = Source.video(path, WISH.first(most).fitted(fit));
    assertThat(source.report()).isEqualTo(report);
    assertThat(source.video().width()).isEqualTo(32);
    assertThat(source.video().height()).isEqualTo(32);
    assertThat(source.video().fps()).isEqualTo(8);
  }

  @Test
  void aPartIsTakenByItsTime() {
    Path path = clip("a.mp4", TestClips.counting(64, 64, 20, 8));
    Source source = Source.video(path, WISH.from(1).first(4));
    assertThat(source.report()).contains("frames 8..11 of 20");
    assertThat(TestClips.numbers(source.video())).containsExactly(8, 9, 10, 11);
    assertThatThrownBy(() -> Source.video(path, WISH.from(10)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("ends before 10.0 seconds");
  }

  @Test
  void unevenTimesAreSaid() {
    Path steady = clip("steady.mp4", TestClips.counting(64, 64, 4, 8));
    Path uneven = folder.resolve("uneven.mp4");
    double[] times = {0, 0.5, 0.75, 1.5, 1.625};
    Fixtures.copy(steady, uneven, "mp4", par -> {}, times);
    Source source = Source.video(uneven, WISH);
    assertThat(source.report()).endsWith("uneven times evened");
    assertThat(TestClips.numbers(source.video()))
        .containsExactly(0, 0, 0, 0, 1, 1, 2, 2, 2, 2, 2, 2, 3);
    assertThat(Source.video(steady, WISH).report()).doesNotContain("uneven");
  }

  @ParameterizedTest
  @ValueSource(doubles = {29.97, 23.976, 30, 12})
  void roundedTimesAreNotUneven(double fps) {
    for (String name : List.of("a.mp4", "a.webm", "a.gif")) {
      Source source = Source.video(clip(name, TestClips.smooth(32, 32, 24, fps)), WISH);
      assertThat(source.report()).doesNotContain("uneven");
    }
  }

  @Test
  void tenBitAndTurnedAndTransparent() throws Exception {
    Video video = TestClips.smooth(64, 32, 3, 8);
    Path deep = folder.resolve("deep.mkv");
    int format = avutil.AV_PIX_FMT_YUV420P10;
    int matrix = avutil.AVCOL_SPC_BT709;
    Fixtures.write(deep, video, "matroska", "libsvtav1", format, matrix, false);
    assertThat(Source.video(deep, WISH).report()).endsWith("centre crop, 10 bit");

    Path turned = folder.resolve("turned.mp4");
    int one = 1 << 16;
    Fixtures.copyWithMatrix(clip("a.mp4", video), turned, 0, one, 0, -one, 0, 0, 0, 0, 1 << 30);
    assertThat(Source.video(turned, WISH).report()).contains("32x64").endsWith("turned upright");

    BufferedImage glass = new BufferedImage(40, 40, BufferedImage.TYPE_INT_ARGB);
    Path png = folder.resolve("glass.png");
    ImageIO.write(glass, "png", png.toFile());
    assertThat(Source.picture(png, WISH).report())
        .isEqualTo("glass.png: 40x40 -> 32x32, transparent parts white");
  }

  @ParameterizedTest
  @EnumSource(Fit.class)
  void everyFitFillsTheSize(Fit fit) {
    for (int[] size : new int[][] {{40, 20}, {20, 40}, {16, 300}, {31, 33}, {64, 64}}) {
      Frame frame = TestClips.plain(size[0], size[1], 200, 100, 50);
      Frame fitted = fit.apply(frame, 32, 32);
      assertThat(fitted.width()).isEqualTo(32);
      assertThat(fitted.height()).isEqualTo(32);
      assertThat(TestClips.pixel(fitted, 16, 16)).containsExactly(200, 100, 50);
      boolean bars = fit == Fit.PAD && size[0] != size[1];
      assertThat(TestClips.pixel(fitted, 0, 0))
          .containsExactly(bars ? new int[] {0, 0, 0} : new int[] {200, 100, 50});
    }
  }

  @Test
  void aVideoIsNoPictureAndAPictureIsAVideoOfOneFrame() {
    Path video = clip("a.mp4", TestClips.smooth(32, 32, 2, 8));
    assertThatThrownBy(() -> Source.checkPicture(video))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("is a video, where a picture is needed");
    Path picture = folder.resolve("a.png");
    Png.write(picture, TestClips.plain(50, 50, 1, 2, 3));
    assertThat(Source.video(picture, WISH).video().frames()).hasSize(1);
    assertThat(Source.video(picture, WISH).report()).isEqualTo("a.png: 50x50 -> 32x32");
    assertThat(Source.checkPicture(clip("one.gif", TestClips.smooth(32, 32, 1, 8))).width())
        .isEqualTo(32);
  }

  @Test
  void aDotIsNoPicture() {
    Path dot = folder.resolve("dot.png");
    Png.write(dot, TestClips.plain(1, 1, 9, 9, 9));
    assertThatThrownBy(() -> Source.check(dot))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("1x1 pixels, too few to show anything");
  }
}
