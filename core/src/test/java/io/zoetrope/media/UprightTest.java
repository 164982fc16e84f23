package io.zoetrope.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.zoetrope.error.UserError;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avutil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Still pictures of every format stand as their camera was held. */
class UprightTest {
  /** Corners from the top left in reading order, for the orientations from 1 on. */
  private static final String[] SHOWN = {
    "RGBW", "GRWB", "WBGR", "BWRG", "RBGW", "BRWG", "WGBR", "GWRB"
  };

  private static final Path FILES = Path.of("src/test/resources/media");

  @TempDir Path folder;

  static Stream<Arguments> all() {
    return Stream.of("jpg", "png", "png at its end", "webp", "tif", "tif at its end")
        .flatMap(kind -> IntStream.rangeClosed(1, 8).mapToObj(o -> Arguments.of(kind, o)));
  }

  /** Red, green / blue, white. */
  private static BufferedImage corners() {
    BufferedImage image = new BufferedImage(64, 32, BufferedImage.TYPE_INT_RGB);
    int[] colours = {0xff0000, 0x00ff00, 0x0000ff, 0xffffff};
    for (int y = 0; y < 32; y++) {
      for (int x = 0; x < 64; x++) {
        image.setRGB(x, y, colours[x / 32 + 2 * (y / 16)]);
      }
    }
    return image;
  }

  private static String corners(Frame frame) {
    StringBuilder names = new StringBuilder();
    for (int i = 0; i < 4; i++) {
      int x = i % 2 == 0 ? 4 : frame.width() - 5;
      int y = i < 2 ? 4 : frame.height() - 5;
      int[] p = TestClips.pixel(frame, x, y);
      names.append(p[0] > 128 ? (p[1] > 128 ? "W" : "R") : p[1] > 128 ? "G" : "B");
    }
    return names.toString();
  }

  @ParameterizedTest(name = "{0}, orientation {1}")
  @MethodSource("all")
  void standsAsItWasHeld(String kind, int orientation) throws IOException {
    Path path = write("a", kind, orientation);
    Frame frame = Png.read(path);
    VideoInfo info = VideoReader.probe(path);
    assertThat(corners(frame)).isEqualTo(SHOWN[orientation - 1]);
    boolean turned = orientation > 4;
    assertThat(frame.width()).isEqualTo(turned ? 32 : 64).isEqualTo(info.width());
    assertThat(frame.height()).isEqualTo(turned ? 64 : 32).isEqualTo(info.height());
    String said = Source.picture(path, Source.Wish.of(32, 32)).report();
    assertThat(said).contains(turned ? ": 32x64 ->" : ": 64x32 ->");
    assertThat(said.endsWith("turned upright")).isEqualTo(orientation > 1);
  }

  @Test
  void avifTurnsToo() {
    Source source = Source.picture(FILES.resolve("turned.avif"), Source.Wish.of(32, 64));
    assertThat(source.report()).isEqualTo("turned.avif: 32x64, turned upright");
    Frame frame = source.video().frames().getFirst();
    assertThat(TestClips.pixel(frame, 27, 4)[0]).isGreaterThan(150); // red, on the right
    assertThat(TestClips.pixel(frame, 4, 4)).containsOnly(0);
  }

  @Test
  void aPictureOfLayersIsRefused() {
    assertThatThrownBy(() -> Png.read(FILES.resolve("alpha.avif")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("several tiles or layers");
  }

  @ParameterizedTest
  @CsvSource({"jpg", "png", "webp", "tif"})
  void inFoldersToo(String kind) throws IOException {
    for (int i = 1; i < 4; i++) {
      write("frame" + i, kind, 6);
    }
    Source source = Source.video(folder, Source.Wish.of(32, 64));
    assertThat(source.video().frames()).hasSize(3).allMatch(f -> corners(f).equals("BRWG"));
    assertThat(source.report()).contains(": 32x64 at 8 fps, all 3 frames, turned upright");
  }

  @ParameterizedTest
  @CsvSource({
    "''", // nothing
    "49492a0008000000", // breaks off before its directory
    "49492a00ffffff7f", // a directory out of sight
    "49492a0008000000ffff", // more entries than there are
    "4d4d002a00000008000101120003000000010009", // an orientation that does not exist
    "58582a00080000000000",
  })
  void nonsenseIsPassedOver(String hex) {
    ByteBuffer bytes = ByteBuffer.wrap(HexFormat.of().parseHex(hex));
    assertThat(Exif.of(bytes)).isEqualTo(Orientation.UPRIGHT);
  }

  /** A photograph of 200 megapixels has 600 MB: there is no room for two of it. */
  @Test
  void turningNeedsNoSecondPicture() {
    AVFrame frame = Ffmpeg.frame(avutil.AV_PIX_FMT_RGBA, 2000, 1500);
    try {
      PixelCopy copy =
          new PixelCopy(2000, 1500, true, ReadOptions.Plane.COLOURS, Orientation.ofExif(6));
      ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      long before = threads.getCurrentThreadAllocatedBytes();
      Frame turned = copy.of(frame);
      long taken = threads.getCurrentThreadAllocatedBytes() - before;
      assertThat(turned.width()).isEqualTo(1500);
      assertThat(taken).isLessThan((long) (1.2 * turned.rgb().length));
    } finally {
      avutil.av_frame_free(frame);
    }
  }

  private Path write(String name, String kind, int orientation) throws IOException {
    String ending = kind.replaceAll(" .*", "");
    Path path = folder.resolve(name + "." + ending);
    byte[] exif = directory(orientation);
    boolean late = kind.endsWith("end");
    switch (ending) {
      case "jpg" -> {
        byte[] plain = plain("jpg");
        byte[] segment = bytes(text("Exif\0\0"), exif);
        ByteBuffer length = ByteBuffer.allocate(4).putShort((short) 0xFFE1);
        length.putShort((short) (segment.length + 2));
        Files.write(path, insert(plain, 2, bytes(length.array(), segment)));
      }
      case "png" -> {
        byte[] plain = plain("png");
        CRC32 crc = new CRC32();
        byte[] chunk = bytes(text("eXIf"), exif);
        crc.update(chunk);
        byte[] whole = bytes(number(exif.length), chunk, number((int) crc.getValue()));
        Files.write(path, insert(plain, late ? plain.length - 12 : 33, whole));
      }
      case "webp" -> Files.write(path, webp(exif));
      default -> Files.write(path, tiff(orientation, late));
    }
    return path;
  }

  private static byte[] plain(String format) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(corners(), format, out);
    return out.toByteArray();
  }

  /** TIFF in the order of Motorola, with one entry. */
  private static byte[] directory(int orientation) {
    ByteBuffer tiff = ByteBuffer.allocate(26).put(text("MM")).putShort((short) 42).putInt(8);
    tiff.putShort((short) 1).putShort((short) 0x0112).putShort((short) 3).putInt(1);
    tiff.putShort((short) orientation);
    return tiff.array();
  }

  /** The extended form, with what was recorded behind the picture. */
  private byte[] webp(byte[] exif) throws IOException {
    Path simple = folder.resolve("simple");
    Video picture = new Video(List.of(pixels()), 1);
    int format = avutil.AV_PIX_FMT_BGRA;
    Fixtures.write(simple, picture, "webp", "libwebp", format, avutil.AVCOL_SPC_RGB, true);
    byte[] image = Files.readAllBytes(simple);
    Files.delete(simple);
    ByteBuffer head = ByteBuffer.allocate(30).order(ByteOrder.LITTLE_ENDIAN);
    head.put(text("RIFF")).putInt(22 + image.length - 12 + 8 + exif.length).put(text("WEBPVP8X"));
    head.putInt(10).putInt(8).put(new byte[] {63, 0, 0, 31, 0, 0});
    ByteBuffer last = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    last.put(text("EXIF")).putInt(exif.length);
    byte[] frames = Arrays.copyOfRange(image, 12, image.length);
    return bytes(head.array(), frames, last.array(), exif);
  }

  private static Frame pixels() {
    byte[] rgb = new byte[64 * 32 * 3];
    for (int i = 0; i < 64 * 32; i++) {
      int colour = corners().getRGB(i % 64, i / 64);
      for (int c = 0; c < 3; c++) {
        rgb[3 * i + c] = (byte) (colour >> 8 * (2 - c));
      }
    }
    return new Frame(64, 32, rgb);
  }

  /** Not compressed, in the order of Intel; its directory before or behind the pixels. */
  private static byte[] tiff(int orientation, boolean late) {
    int[][] tags = {
      {0x100, 3, 1, 64},
      {0x101, 3, 1, 32},
      {0x102, 3, 1, 8},
      {0x103, 3, 1, 1},
      {0x106, 3, 1, 2},
      {0x111, 4, 1, 0},
      {0x112, 3, 1, orientation},
      {0x115, 3, 1, 3},
      {0x116, 3, 1, 32},
      {0x117, 4, 1, 64 * 32 * 3}
    };
    int size = 2 + 12 * tags.length + 4;
    int pixels = late ? 8 : 8 + size;
    tags[5][3] = pixels;
    ByteBuffer tiff = ByteBuffer.allocate(8 + size + 64 * 32 * 3).order(ByteOrder.LITTLE_ENDIAN);
    tiff.put(text("II")).putShort((short) 42).putInt(late ? 8 + 64 * 32 * 3 : 8);
    tiff.put(pixels, pixels().rgb());
    tiff.position(late ? 8 + 64 * 32 * 3 : 8).putShort((short) tags.length);
    for (int[] tag : tags) {
      tiff.putShort((short) tag[0]).putShort((short) tag[1]).putInt(tag[2]).putInt(tag[3]);
    }
    return tiff.array();
  }

  private static byte[] insert(byte[] into, int at, byte[] more) {
    return bytes(Arrays.copyOf(into, at), more, Arrays.copyOfRange(into, at, into.length));
  }

  private static byte[] bytes(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  private static byte[] number(int value) {
    return ByteBuffer.allocate(4).putInt(value).array();
  }

  private static byte[] text(String ascii) {
    return ascii.getBytes(StandardCharsets.ISO_8859_1);
  }
}
