package io.zoetrope.app.cli;

import io.zoetrope.app.cli.terminal.OutputOptions;
import io.zoetrope.app.cli.terminal.Session;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;

/** One command of the command line: options in fields, the work in {@link #run}. */
public abstract class Verb implements Callable<Integer> {
  private final Session session;

  @Mixin private final OutputOptions output = new OutputOptions();

  protected Verb(Session session) {
    this.session = session;
  }

  protected final Session session() {
    return session;
  }

  public final OutputOptions output() {
    return output;
  }

  /** A line on stderr, unless the user wants quiet. */
  protected final void note(String line) {
    if (!output.quiet()) {
      session.console().err().println(line);
    }
  }

  /** Does it. Options are parsed and within their limits. */
  protected abstract Result run() throws Exception;

  @Override
  public final Integer call() throws Exception {
    Result result = run();
    if (output.json()) {
      session.console().out().println(Json.write(result.fields()));
    } else if (!result.text().isEmpty()) {
      session.console().out().println(result.text());
    }
    return result.exitCode();
  }
}
