package io.zoetrope.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.zoetrope.ChildJvm;
import io.zoetrope.error.UserError;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two hundred clips leave no native memory behind, whether they succeed or fail. */
class NativeMemoryIT {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String[] ENDINGS = {".mp4", ".webm", ".gif", ".webp", ".png"};
  @TempDir Path folder;

  /** In a process of its own, whose heap has a fixed size: all that grows is native. */
  @Test
  void residentSetStaysFlat() throws Exception {
    assumeTrue(Files.exists(STATUS), "reads the resident set from /proc");
    Process child =
        ChildJvm.of(NativeMemoryIT.class, folder).heap(64).with("-XX:TieredStopAtLevel=4").start();
    String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(child.waitFor()).as(output).isZero();
    List<Long> kilobytes =
        Arrays.stream(output.trim().split("\\s+", -1)).map(Long::parseLong).toList();
    System.out.println("resident set in kB, before and after 200 clips: " + kilobytes);
    // The frames of one clip are 184 kB, an encoder megabytes; the JIT moves by a few.
    assertThat(kilobytes.get(1) - kilobytes.get(0)).isLessThan(6000);
  }

  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    rounds(folder, 100);
    System.out.println(residentKilobytes());
    rounds(folder, 200);
    System.out.println(residentKilobytes());
  }

  private static void rounds(Path folder, int n) throws IOException {
    Video clip = TestClips.smooth(160, 96, 4, 8);
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
          half.next();
        }
      }
      byte[] all = Files.readAllBytes(path);
      Files.write(path, Arrays.copyOf(all, all.length / 2));
      try {
        VideoReader.read(path);
        throw new IllegalStateException("half of " + path + " was read as if it were whole");
      } catch (UserError expected) {
        // the failure is the point
      }
    }
  }

  private static long residentKilobytes() throws Exception {
    System.gc();
    Thread.sleep(200);
    return Files.readAllLines(STATUS).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }
}
