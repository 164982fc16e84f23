package io.zoetrope.media;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bytedeco.ffmpeg.global.avutil;

/**
 * Makes the odd videos among the test resources of {@code app}, which cannot make them itself:
 * {@code OddFiles app/src/test/resources/io/zoetrope/app}. Made with FFmpeg 8.0.1.
 */
final class OddFiles {
  private OddFiles() {}

  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0]);
    Path steady = folder.resolve("steady.mp4");
    VideoWriter.write(steady, TestClips.smooth(48, 32, 8, 8));
    double[] times = {0, 0.5, 0.75, 1.5, 1.625, 1.7, 2, 2.1, 2.25};
    Fixtures.copy(steady, folder.resolve("uneven.mkv"), "matroska", par -> {}, times);
    Fixtures.write(
        folder.resolve("ten-bit.mkv"),
        TestClips.smooth(45, 33, 6, 25),
        "matroska",
        "ffv1",
        avutil.AV_PIX_FMT_YUV444P10,
        avutil.AVCOL_SPC_BT709,
        false);
    Files.delete(steady);
  }
}
