package io.zoetrope.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.zoetrope.torch.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two hundred clips leave no native memory behind, whether they succeed or fail. */
class NativeMemoryTest {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String[] ENDINGS = {".mp4", ".webm", ".gif", ".webp", ".png"};
  @TempDir Path folder;

  @Test
  void residentSetStaysFlat() throws Exception {
    assumeTrue(Files.exists(STATUS), "reads the resident set from /proc");
    Video clip = TestClips.smooth(160, 96, 4, 8);
    rounds(clip, 60);
    long before = residentMegabytes();
    rounds(clip, 200);
    long after = residentMegabytes();
    System.out.printf("resident set: %d MB, after 200 clips %d MB%n", before, after);
    // One leaked frame a clip (46 kB, or 15 kB of YUV and a codec of 1 MB) would show.
    assertThat(after - before).isLessThan(12);
  }

  private void rounds(Video clip, int n) throws IOException {
    for (int i = 0; i < n; i++) {
      String ending = ENDINGS[i % ENDINGS.length];
      Path path = folder.resolve("clip" + ending);
      VideoWriter.write(path, clip);
      try (VideoWriter abandoned =
          VideoWriter.open(folder.resolve("x" + ending), 160, 96, WriteOptions.at(8))) {
        abandoned.write(clip.frames().getFirst());
      }
      if (!ending.equals(".webp")) {
        VideoReader.read(path, ReadOptions.ALL.fps(12));
        try (VideoReader half = VideoReader.open(path)) {
          assertThat(half.next()).isPresent();
        }
      }
      byte[] all = Files.readAllBytes(path);
      Files.write(path, Arrays.copyOf(all, all.length / 2));
      try {
        VideoReader.read(path);
      } catch (UserError expected) {
        assertThat(expected).hasMessageContaining("clip");
      }
    }
  }

  private static long residentMegabytes() throws Exception {
    System.gc();
    Thread.sleep(200);
    return Files.readAllLines(STATUS).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
        .findFirst()
        .orElseThrow();
  }
}
