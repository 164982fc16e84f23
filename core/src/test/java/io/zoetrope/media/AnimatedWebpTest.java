package io.zoetrope.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.error.UserError;
import io.zoetrope.media.ReadOptions.Damaged;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Animated WebP is read, part by part onto its canvas. */
class AnimatedWebpTest {
  private static final Path CANVAS = Path.of("src/test/resources/media/canvas.webp");
  @TempDir Path folder;

  @Test
  void partsAreLaidOntoTheCanvas() {
    Video video = VideoReader.read(CANVAS);
    assertThat(video.frames()).hasSize(5);
    for (int i = 0; i < 5; i++) {
      Frame frame = video.frames().get(i);
      for (int column = 0; column < 5; column++) {
        boolean red = column == i || column == i + 1;
        assertThat(TestClips.pixel(frame, 6 + 8 * column, 8))
            .as("frame %d, column %d", i, column)
            .containsExactly(red ? new int[] {200, 40, 40} : new int[] {255, 255, 255});
      }
      assertThat(TestClips.pixel(frame, 2, 2)).containsExactly(255, 255, 255);
    }
    assertThat(TestClips.pixel(video.frames().getLast(), 24, 40)[2]).isBetween(225, 229);
  }

  @Test
  void timesAreThoseOfTheFile() {
    Source source = Source.video(CANVAS, Source.Wish.of(64, 48).at(40));
    assertThat(source.video().frames()).hasSize(31); // 775 ms
    assertThat(source.report())
        .isEqualTo(
            "canvas.webp: 64x48 at 6.45 fps -> 64x48 at 40 fps, all 31 frames, some shown more"
                + " than once, uneven times evened, transparent parts white");
    Video part = VideoReader.read(CANVAS, ReadOptions.ALL.start(0.31));
    assertThat(part.frames()).hasSize(3);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.35, 0.6, 0.9})
  void whatBreaksOffIsRefused(double part) throws IOException {
    Path path = folder.resolve("a.webp");
    VideoWriter.write(path, TestClips.smooth(64, 64, 12, 8));
    byte[] all = Files.readAllBytes(path);
    Path cut = folder.resolve("cut.webp");
    Files.write(cut, Arrays.copyOf(all, (int) (all.length * part)));
    assertThatThrownBy(() -> VideoReader.read(cut))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("damaged or cut off after");
    Video rest = VideoReader.read(cut, ReadOptions.ALL.damaged(Damaged.KEEP_WHAT_READS));
    assertThat(rest.frames()).hasSizeBetween(3, 11);
  }

  @Test
  void aWordBehindTheFramesMayBreakOff() throws IOException {
    Path path = folder.resolve("a.webp");
    VideoMetadata words = VideoMetadata.of("zoetrope", "x".repeat(400));
    VideoWriter.write(path, TestClips.smooth(32, 32, 4, 8), WriteOptions.at(8).metadata(words));
    byte[] all = Files.readAllBytes(path);
    Files.write(path, Arrays.copyOf(all, all.length - 50));
    assertThat(VideoReader.read(path).frames()).hasSize(4);
  }

  @Test
  void onePictureIsStill() throws IOException {
    Path path = folder.resolve("a.webp");
    VideoWriter.write(path, TestClips.smooth(32, 32, 1, 8));
    assertThat(Source.checkPicture(path).still()).isTrue();
  }
}
