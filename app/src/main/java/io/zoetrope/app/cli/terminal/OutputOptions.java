package io.zoetrope.app.cli.terminal;

import picocli.CommandLine.Option;

/** How a command talks; every command has these. */
public final class OutputOptions {
  @Option(names = "--json", description = "Print the result as one JSON object on stdout.")
  private boolean json;

  @Option(
      names = {"-q", "--quiet"},
      description = "No progress and no notes on stderr, only errors.")
  private boolean quiet;

  @Option(names = "--debug", description = "Show stack traces of errors.")
  private boolean debug;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this and exit.")
  private boolean help;

  public boolean json() {
    return json;
  }

  public boolean quiet() {
    return quiet;
  }

  public boolean debug() {
    return debug;
  }
}
