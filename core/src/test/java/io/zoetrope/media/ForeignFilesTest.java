package io.zoetrope.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.bytedeco.ffmpeg.global.avutil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Files from elsewhere: other depths, ranges, matrices, orientations and transparency. */
class ForeignFilesTest {
  private static final int ONE = 1 << 16;
  private static final int W = 1 << 30;
  @TempDir Path folder;

  static Stream<Arguments> colours() {
    int bt709 = avutil.AVCOL_SPC_BT709;
    int bt601 = avutil.AVCOL_SPC_SMPTE170M;
    int bt2020 = avutil.AVCOL_SPC_BT2020_NCL;
    return Stream.of(
        Arguments.of("8 bit", "ffv1", avutil.AV_PIX_FMT_YUV444P, bt709, false),
        Arguments.of("8 bit full range", "ffv1", avutil.AV_PIX_FMT_YUV444P, bt709, true),
        Arguments.of("10 bit", "ffv1", avutil.AV_PIX_FMT_YUV444P10, bt709, false),
        Arguments.of("10 bit full range", "ffv1", avutil.AV_PIX_FMT_YUV420P10, bt709, true),
        Arguments.of("12 bit", "ffv1", avutil.AV_PIX_FMT_YUV422P12, bt709, false),
        Arguments.of("BT.601", "ffv1", avutil.AV_PIX_FMT_YUV420P, bt601, false),
        Arguments.of("BT.601 full range", "ffv1", avutil.AV_PIX_FMT_YUV420P, bt601, true),
        Arguments.of("BT.2020 matrix", "ffv1", avutil.AV_PIX_FMT_YUV444P10, bt2020, false),
        Arguments.of("RGB", "ffv1", avutil.AV_PIX_FMT_BGR0, bt709, true),
        Arguments.of("AV1", "libsvtav1", avutil.AV_PIX_FMT_YUV420P10, bt709, false));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("colours")
  void coloursSurvive(String name, String codec, int format, int matrix, boolean full) {
    Path path = folder.resolve("a.mkv");
    List<Frame> frames =
        List.of(
            TestClips.plain(64, 64, 220, 40, 30),
            TestClips.plain(64, 64, 30, 200, 60),
            TestClips.plain(64, 64, 20, 40, 210),
            TestClips.plain(64, 64, 255, 255, 255),
            TestClips.plain(64, 64, 0, 0, 0));
    Fixtures.write(path, new Video(frames, 8), "matroska", codec, format, matrix, full);
    Video back = VideoReader.read(path);
    assertThat(back.frames()).hasSize(frames.size());
    for (int i = 0; i < frames.size(); i++) {
      int[] wanted = TestClips.pixel(frames.get(i), 32, 32);
      int[] seen = TestClips.pixel(back.frames().get(i), 32, 32);
      for (int c = 0; c < 3; c++) {
        assertThat(seen[c]).as("colour %d, channel %d", i, c).isCloseTo(wanted[c], within(4));
      }
    }
  }

  /** A frame whose four corners differ: red, green / blue, white. */
  private static Video corners() {
    Frame frame = TestClips.plain(64, 32, 255, 0, 0);
    for (int y = 0; y < 32; y++) {
      for (int x = 0; x < 64; x++) {
        int at = (y * 64 + x) * 3;
        boolean right = x >= 32;
        boolean low = y >= 16;
        frame.rgb()[at] = (byte) (right == low ? 255 : 0);
        frame.rgb()[at + 1] = (byte) (right ? 255 : 0);
        frame.rgb()[at + 2] = (byte) (low ? 255 : 0);
      }
    }
    return new Video(List.of(frame, frame), 8);
  }

  private static String corner(Frame frame, boolean right, boolean low) {
    int x = right ? frame.width() - 5 : 4;
    int y = low ? frame.height() - 5 : 4;
    int[] p = TestClips.pixel(frame, x, y);
    return p[0] > 128 ? (p[1] > 128 ? "W" : "R") : p[1] > 128 ? "G" : "B";
  }

  @ParameterizedTest
  @CsvSource({
    // a, b, c, d of the matrix; corners from the top left in reading order; width, height
    "1,0,0,1, RGBW, 64, 32",
    "0,1,-1,0, BRWG, 32, 64", // a telephone held upright: a quarter turn clockwise
    "-1,0,0,-1, WBGR, 64, 32",
    "0,-1,1,0, GWRB, 32, 64",
    "-1,0,0,1, GRWB, 64, 32", // mirrored
  })
  void orientationIsHonoured(int a, int b, int c, int d, String wanted, int width, int height) {
    Path plain = folder.resolve("plain.mp4");
    Path turned = folder.resolve("turned.mp4");
    VideoWriter.write(plain, corners());
    Fixtures.copyWithMatrix(plain, turned, a * ONE, b * ONE, 0, c * ONE, d * ONE, 0, 0, 0, W);
    VideoInfo info = VideoReader.probe(turned);
    Frame frame = VideoReader.read(turned).frames().getFirst();
    assertThat(
            corner(frame, false, false)
                + corner(frame, true, false)
                + corner(frame, false, true)
                + corner(frame, true, true))
        .isEqualTo(wanted);
    assertThat(frame.width()).isEqualTo(width).isEqualTo(info.width());
    assertThat(frame.height()).isEqualTo(height).isEqualTo(info.height());
  }

  @ParameterizedTest
  @CsvSource({"jpg,20", "png,0", "bmp,0", "gif,40"})
  void picturesOfOtherWriters(String ending, int tolerance) throws Exception {
    BufferedImage image = new BufferedImage(41, 23, BufferedImage.TYPE_INT_RGB);
    for (int x = 0; x < 41; x++) {
      for (int y = 0; y < 23; y++) {
        image.setRGB(x, y, new Color(x * 6, y * 10, 120).getRGB());
      }
    }
    Path path = folder.resolve("a." + ending);
    ImageIO.write(image, ending, path.toFile());
    Frame frame = Png.read(path);
    assertThat(frame.width()).isEqualTo(41);
    assertThat(frame.height()).isEqualTo(23);
    int[] seen = TestClips.pixel(frame, 20, 12);
    assertThat(seen[0]).isCloseTo(120, within(tolerance));
    assertThat(seen[1]).isCloseTo(120, within(tolerance));
    assertThat(seen[2]).isCloseTo(120, within(tolerance));
  }

  @Test
  void transparentPartsAreWhite() throws Exception {
    BufferedImage image = new BufferedImage(3, 1, BufferedImage.TYPE_INT_ARGB);
    image.setRGB(0, 0, 0x00000000);
    image.setRGB(1, 0, 0x80ff0000);
    image.setRGB(2, 0, 0xff00ff00);
    Path path = folder.resolve("a.png");
    ImageIO.write(image, "png", path.toFile());
    Frame frame = Png.read(path);
    assertThat(TestClips.pixel(frame, 0, 0)).containsExactly(255, 255, 255);
    assertThat(TestClips.pixel(frame, 1, 0)).containsExactly(255, 127, 127);
    assertThat(TestClips.pixel(frame, 2, 0)).containsExactly(0, 255, 0);
  }

  @ParameterizedTest
  @CsvSource({"10,sixteen.png", "12,grey.png", "13,palette.png"})
  void oddPngs(int type, String name) throws Exception {
    // TYPE_BYTE_GRAY, TYPE_BYTE_BINARY, TYPE_BYTE_INDEXED
    BufferedImage image = new BufferedImage(8, 8, type);
    image.createGraphics().fillRect(0, 0, 4, 8);
    Path path = folder.resolve(name);
    ImageIO.write(image, "png", path.toFile());
    Frame frame = Png.read(path);
    assertThat(TestClips.pixel(frame, 1, 4)).containsExactly(255, 255, 255);
    assertThat(TestClips.pixel(frame, 6, 4)).containsExactly(0, 0, 0);
  }

  @Test
  void ourPngsReadElsewhere() throws Exception {
    Frame frame = TestClips.smooth(37, 19, 1, 8).frames().getFirst();
    Path path = folder.resolve("a.png");
    Png.write(path, frame);
    BufferedImage image = ImageIO.read(path.toFile());
    for (int y = 0; y < 19; y++) {
      for (int x = 0; x < 37; x++) {
        Color c = new Color(image.getRGB(x, y));
        assertThat(TestClips.pixel(frame, x, y))
            .containsExactly(c.getRed(), c.getGreen(), c.getBlue());
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"a%03d.png", "what?.png", "a*b.png", "{x}.png", "http:x.png", "a b ä.png"})
  void strangeNames(String name) {
    Frame frame = TestClips.plain(4, 4, 9, 8, 7);
    Png.write(folder.resolve(name), frame);
    assertThat(Png.read(folder.resolve(name)).rgb()).isEqualTo(frame.rgb());
  }
}
