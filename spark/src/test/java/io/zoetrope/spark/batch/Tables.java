package io.zoetrope.spark.batch;

import io.zoetrope.app.Cli;
import io.zoetrope.app.cli.option.FolderSources;
import io.zoetrope.app.cli.terminal.Cancellation;
import io.zoetrope.app.cli.terminal.Console;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.app.make.GenerateCommand;
import io.zoetrope.pipeline.order.Sources;
import io.zoetrope.spark.Clusters;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;

/** Tables of short rows for the bundled model, and the same clips by the command line. */
final class Tables {
  static final String PROMPT = "a red ball moves right";

  private Tables() {}

  /** The command line without its server, which is not on this class path. */
  @Command(name = "zoetrope")
  private static final class Top {}

  /** Models are those of the checkout. */
  static void atHome() {
    System.setProperty("zoetrope.home", Clusters.checkout().toString());
  }

  /** Clips that take as little as can be. */
  static List<String> small(int from, int to) {
    return rows(from, to, 8, 2);
  }

  /** A row for each seed. */
  static List<String> rows(int from, int to, int frames, int steps) {
    List<String> rows = new ArrayList<>();
    for (int seed = from; seed < to; seed++) {
      rows.add(
          "{\"prompt\": \"%s\", \"seed\": %s, \"size\": \"64x64\", \"frames\": %s, \"steps\": %s}"
              .formatted(PROMPT, seed, frames, steps));
    }
    return rows;
  }

  static Session session(Path folder) {
    PrintStream nowhere =
        new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
    Console console = new Console(nowhere, nowhere, false, 90);
    return new Session(console, new Cancellation(), folder, Map.of());
  }

  static Sources sources(Path folder) {
    return new FolderSources(session(folder));
  }

  /** A table in a file of the folder. */
  static Table table(Path folder, List<String> rows) throws IOException {
    Path file = Files.write(folder.resolve("table.jsonl"), rows);
    return Table.read(file, List.of(), sources(folder));
  }

  /** The same clips by the command line, as {@code SEED.mp4}. */
  static void byCommandLine(Path folder, int from, int to, int frames, int steps) {
    int code =
        new Cli(session(folder), Top::new, Map.of("generate", GenerateCommand::new))
            .run(
                "generate",
                PROMPT,
                "--seed",
                from + ".." + (to - 1),
                "--size",
                "64x64",
                "--frames",
                String.valueOf(frames),
                "--steps",
                String.valueOf(steps),
                "-o",
                "{seed}.mp4");
    if (code != 0) {
      throw new IllegalStateException("the command line ended with " + code);
    }
  }
}
