package io.zoetrope.app;

import io.zoetrope.app.cli.Cancellation;
import io.zoetrope.app.cli.Console;
import io.zoetrope.app.cli.Session;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The training run of the start-up cache: does briefly what people do, so that Java remembers which
 * classes that takes. The launcher runs it once after a build, which also unpacks the natives.
 */
final class Warmup {
  private Warmup() {}

  public static void main(String[] args) throws IOException {
    Path folder = Files.createTempDirectory("zoetrope-warmup");
    try {
      for (String[] command : commands(folder)) {
        int code = run(folder, command);
        System.out.println(String.join(" ", command) + ": " + code);
      }
    } finally {
      delete(folder);
    }
  }

  private static List<String[]> commands(Path folder) {
    return List.of(
        new String[] {"--help"},
        new String[] {"doctor", "--help"},
        new String[] {"doctor", "--no-test"},
        new String[] {"doctor", "--no-test", "--json"},
        new String[] {"doctor", "--no-such-option"});
  }

  private static int run(Path folder, String... command) {
    PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    Console console = new Console(nowhere, nowhere, true, 80);
    return new Cli(new Session(console, new Cancellation(), folder, Map.of())).run(command);
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
