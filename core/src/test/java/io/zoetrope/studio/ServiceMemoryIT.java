package io.zoetrope.studio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.zoetrope.media.VideoReader;
import io.zoetrope.pipeline.TinyModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A service in a process of its own, without any property or variable of libtorch. */
class ServiceMemoryIT {
  private static final int WARM = 60;
  private static final int ALL = 200;

  @TempDir Path folder;

  private static String run(List<String> flags, Object... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(ServiceMemoryIT.class.getName());
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
    return output;
  }

  /** Arguments: the model, where videos go, how many of them, of how many frames. */
  public static void main(String[] arguments) throws IOException {
    int runs = Integer.parseInt(arguments[2]);
    int frames = Integer.parseInt(arguments[3]);
    try (Zoetrope zoetrope = Zoetrope.open(arguments[0])) {
      for (int i = 1; i <= runs; i++) {
        Order.Generate order = zoetrope.generate("a red ball").seed(i).steps(2).frames(frames);
        if (i % 2 == 0) {
          byte[] unused = order.make().bytes(Format.MP4);
        } else {
          order.to(Path.of(arguments[1]));
        }
        if (i == WARM || i == ALL) {
          System.gc();
          System.out.printf(
              Locale.ROOT, "after %d RSS %s handles %d%n", i, resident(), Pointer.totalCount());
        }
      }
    }
    System.out.println("handles at the end " + Pointer.totalCount());
  }

  /** Resident set in kB. */
  private static String resident() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .map(line -> line.replaceAll("\\D", ""))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void twoHundredVideosLeaveMemoryFlat() throws IOException, InterruptedException {
    assumeTrue(Files.exists(Path.of("/proc/self/status")), "needs /proc");
    Path model = TinyModel.write(folder.resolve("model"));
    // A heap that is touched from the start, and one compiler: nothing else moves the figure.
    List<String> still =
        List.of(
            "-Xms64m",
            "-Xmx64m",
            "-XX:+AlwaysPreTouch",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC");
    String said = run(still, model, folder.resolve("out.mp4"), ALL, 4);
    System.out.print(said);
    List<String[]> lines =
        said.lines()
            .filter(line -> line.startsWith("after "))
            .map(line -> line.split(" ", -1))
            .toList();
    assertThat(lines).hasSize(2);
    long warm = Long.parseLong(lines.get(0)[3]);
    long end = Long.parseLong(lines.get(1)[3]);
    assertThat(end).as(said).isLessThan(warm + warm / 25);
    assertThat(Long.parseLong(lines.get(1)[5]))
        .as(said)
        .isLessThanOrEqualTo(Long.parseLong(lines.get(0)[5]) + 20);
  }

  @Test
  void aClipOfTheBundledModelNeedsNoFlagAndASmallHeap() throws IOException, InterruptedException {
    Path model = Path.of("..", "models", "toybox").toAbsolutePath().normalize();
    Path file = folder.resolve("toys.mp4");
    String said = run(List.of("-Xmx64m"), model, file, 1, 16);
    assertThat(VideoReader.read(file).frames()).as(said).hasSize(16);
  }
}
