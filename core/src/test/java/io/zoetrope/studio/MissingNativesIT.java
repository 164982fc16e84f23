package io.zoetrope.studio;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.ChildJvm;
import io.zoetrope.error.UserError;
import io.zoetrope.media.Frame;
import io.zoetrope.media.Video;
import io.zoetrope.media.VideoMetadata;
import io.zoetrope.media.VideoReader;
import io.zoetrope.media.VideoWriter;
import io.zoetrope.torch.ComputeDevice;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A class path without native libraries: one line that says what to add, every time. */
class MissingNativesIT {
  @TempDir Path folder;

  /** Tries everything twice: after a failure the classes of JavaCPP are broken. */
  static final class Tries {
    private Tries() {}

    public static void main(String[] arguments) {
      Path folder = Path.of(arguments[0]);
      for (int i = 0; i < 2; i++) {
        tried("open", () -> Zoetrope.open(folder.toString()).close());
        tried("device", () -> ComputeDevice.of("auto"));
        tried("read", () -> VideoReader.read(folder.resolve("a.mp4")));
        tried("remember", () -> VideoMetadata.read(folder.resolve("a.mp4")));
        Frame frame = new Frame(32, 32, new byte[32 * 32 * 3]);
        tried(
            "write",
            () -> VideoWriter.write(folder.resolve("b.mp4"), new Video(List.of(frame), 8)));
      }
    }

    private static void tried(String what, Runnable body) {
      try {
        body.run();
        System.out.println(what + ": done");
      } catch (UserError e) {
        System.out.println(what + ": " + e.fault() + " " + e.getMessage());
      } catch (Throwable e) {
        System.out.println(what + ": " + e);
      }
    }
  }

  private List<String> says(String without) throws IOException, InterruptedException {
    Files.write(folder.resolve("a.mp4"), new byte[] {0, 0, 0, 8, 'f', 't', 'y', 'p'});
    Process process = ChildJvm.of(Tries.class, folder).without(without).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return said.lines()
        .filter(line -> line.matches("(open|device|read|remember|write): .*"))
        .toList();
  }

  @Test
  void whatToAddIsSaidInOneLine() throws IOException, InterruptedException {
    List<String> said = says(".*-(linux|macosx|windows)-[^/]*\\.jar");
    assertThat(said).hasSize(10);
    assertThat(said)
        .allMatch(line ->
            line.matches(
                "\\w+: NOT_FOUND the native libraries of (libtorch|FFmpeg) for \\S+ are not on the"
                    + " class path: add the dependency io\\.zoetrope:zoetrope-natives-\\S+"));
  }

  @Test
  void ffmpegAloneIsMissedToo() throws IOException, InterruptedException {
    List<String> said = says(".*ffmpeg-[^/]*-(linux|macosx|windows)-[^/]*\\.jar");
    assertThat(said).contains("device: done");
    assertThat(said)
        .filteredOn(line -> !line.startsWith("device"))
        .hasSize(8)
        .allMatch(line -> line.contains("native libraries of FFmpeg"));
  }
}
