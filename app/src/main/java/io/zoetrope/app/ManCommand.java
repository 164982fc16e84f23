package io.zoetrope.app;

import io.zoetrope.app.cli.Result;
import io.zoetrope.app.cli.Verb;
import io.zoetrope.app.cli.terminal.Session;
import java.util.Map;
import picocli.CommandLine.Command;

/** {@code zoetrope man}. */
@Command(
    name = "man",
    description = {
      "Prints the manual page of all commands.",
      "zoetrope man | man -l -   shows it; zoetrope man > zoetrope.1   keeps it."
    })
public final class ManCommand extends Verb {
  public ManCommand(Session session) {
    super(session);
  }

  @Override
  protected Result run() {
    String page = ManPage.of(new Cli(session()).all());
    return Result.of(page, Map.of("page", page));
  }
}
