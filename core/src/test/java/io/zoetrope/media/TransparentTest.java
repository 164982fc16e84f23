package io.zoetrope.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is transparent is white, and that is said where it is so. */
class TransparentTest {
  private static final Source.Wish WISH = Source.Wish.of(64, 64).at(8);
  private static final ReadOptions OPACITY = ReadOptions.ALL.plane(ReadOptions.Plane.OPACITY);

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"alpha-vp8.webm", "alpha-vp9.webm"})
  void theSecondLayerOfAWebmIsRead(String name) {
    Source source = Source.video(Path.of("src/test/resources/media", name), WISH);
    assertThat(source.report())
        .isEqualTo(name + ": 64x64 at 8 fps, all 4 frames, transparent parts white");
    Frame frame = source.video().frames().getLast();
    int[] above = TestClips.pixel(frame, 5, 5);
    int[] below = TestClips.pixel(frame, 5, 60);
    assertThat(above).containsExactly(255, 255, 255);
    int[] wanted = {147, 157, 227};
    for (int c = 0; c < 3; c++) {
      assertThat(below[c]).isBetween(wanted[c] - 4, wanted[c] + 4);
    }
  }

  private static void write(Path path, String format, int argb) throws IOException {
    BufferedImage image = new BufferedImage(64, 64, BufferedImage.TYPE_INT_ARGB);
    image.setRGB(0, 0, argb);
    for (int i = 1; i < 64 * 64; i++) {
      image.setRGB(i % 64, i / 64, 0xff203040);
    }
    ImageIO.write(image, format, path.toFile());
  }

  @Test
  void onlyWhatIsTransparentIsSaidToBe() throws IOException {
    write(folder.resolve("solid.png"), "png", 0xff203040);
    write(folder.resolve("hole.png"), "png", 0);
    write(folder.resolve("solid.gif"), "gif", 0xff203040);
    write(folder.resolve("hole.gif"), "gif", 0);
    assertThat(said("solid.png")).isEqualTo("solid.png: 64x64");
    assertThat(said("hole.png")).isEqualTo("hole.png: 64x64, transparent parts white");
    assertThat(said("solid.gif")).isEqualTo("solid.gif: 64x64");
    assertThat(said("hole.gif")).isEqualTo("hole.gif: 64x64, transparent parts white");
  }

  @Test
  void aLaterPictureOfAFolderCountsToo() throws IOException {
    Path frames = Files.createDirectory(folder.resolve("frames"));
    write(frames.resolve("1.png"), "png", 0xff203040);
    write(frames.resolve("2.png"), "png", 0x80203040);
    assertThat(Source.video(frames, WISH).report()).endsWith("transparent parts white");
  }

  /** As a mask, whatever the file: white where opaque. */
  @Test
  void howOpaqueItIsCanBeRead() throws IOException {
    for (String format : List.of("png", "gif")) {
      Path hole = folder.resolve("hole." + format);
      write(hole, format, 0);
      Frame frame = VideoReader.read(hole, OPACITY).frames().getFirst();
      assertThat(TestClips.pixel(frame, 0, 0)).containsExactly(0, 0, 0);
      assertThat(TestClips.pixel(frame, 1, 0)).containsExactly(255, 255, 255);
    }
    Path half = folder.resolve("half.png");
    write(half, "png", 0x80203040);
    assertThat(TestClips.pixel(VideoReader.read(half, OPACITY).frames().getFirst(), 0, 0))
        .containsExactly(128, 128, 128);
    Path none = folder.resolve("none.bmp");
    Png.write(none, VideoReader.read(half).frames().getFirst());
    assertThat(TestClips.pixel(VideoReader.read(none, OPACITY).frames().getFirst(), 0, 0))
        .containsExactly(255, 255, 255);
    Frame webm =
        Source.opacity(Path.of("src/test/resources/media/alpha-vp9.webm"), WISH).frames().getLast();
    assertThat(TestClips.pixel(webm, 5, 5)[0]).isLessThan(4);
  }

  private String said(String name) {
    return Source.picture(folder.resolve(name), WISH).report();
  }
}
