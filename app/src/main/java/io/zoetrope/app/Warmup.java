package io.zoetrope.app;

import io.zoetrope.app.cli.option.ModelFolders;
import io.zoetrope.app.cli.terminal.Cancellation;
import io.zoetrope.app.cli.terminal.Console;
import io.zoetrope.app.cli.terminal.Session;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
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
    List<String[]> commands = new ArrayList<>();
    commands.add(new String[] {"--help"});
    commands.add(new String[] {"generate", "--help"});
    commands.add(new String[] {"doctor", "--no-test", "--json"});
    commands.add(new String[] {"doctor", "--no-such-option"});
    commands.add(new String[] {"plan", "animate"});
    commands.add(new String[] {"toybox", "-n", "1", "-o", folder.resolve("t.mp4").toString()});
    commands.add(new String[] {"evaluate", "--truth", "-n", "1"});
    Session session = session(folder);
    // Any model will do: they share their classes.
    new ModelFolders(session)
        .models().stream()
            .findFirst()
            .map(Path::toString)
            .ifPresent(model -> {
              commands.add(new String[] {"models"});
              commands.add(new String[] {"inspect", model});
              for (String ending : List.of("mp4", "gif")) {
                String out = folder.resolve("g." + ending).toString();
                commands.add(
                    new String[] {
                      "generate", "a red ball", "-m", model, "--steps", "2", "-o", out
                    });
              }
            });
    return commands;
  }

  private static Session session(Path folder) {
    PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    Console console = new Console(nowhere, nowhere, true, 80);
    return new Session(console, new Cancellation(), folder, System.getenv());
  }

  private static int run(Path folder, String... command) {
    return new Cli(session(folder)).run(command);
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
