package io.zoetrope.app;

import io.zoetrope.app.cli.terminal.Cancellation;
import io.zoetrope.app.cli.terminal.Console;
import io.zoetrope.app.cli.terminal.Session;
import java.nio.file.Path;

/** Entry point of the {@code zoetrope} command. */
public final class Zoetrope {
  private Zoetrope() {}

  public static void main(String[] args) {
    Cancellation cancellation = new Cancellation();
    cancellation.listen();
    Session session = new Session(Console.ofProcess(), cancellation, Path.of(""), System.getenv());
    int code = new Cli(session).run(args);
    System.exit(code);
  }
}
