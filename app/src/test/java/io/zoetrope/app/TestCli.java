package io.zoetrope.app;

import io.zoetrope.app.cli.terminal.Cancellation;
import io.zoetrope.app.cli.terminal.Console;
import io.zoetrope.app.cli.terminal.Session;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Runs command lines in this process, in a folder of their own. */
record TestCli(Path folder, Map<String, String> environment, Cancellation cancellation) {
  TestCli(Path folder) {
    this(folder, Map.of(), new Cancellation());
  }

  /** What came of a command line. */
  record Outcome(int code, String out, String err) {
    /** The lines on stderr. */
    List<String> errors() {
      return err.lines().toList();
    }
  }

  Outcome run(String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Console console =
        new Console(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false,
            90);
    int code = new Cli(new Session(console, cancellation, folder, environment)).run(args);
    return new Outcome(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
