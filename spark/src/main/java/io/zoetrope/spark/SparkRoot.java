package io.zoetrope.spark;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command without a command: shows what there is. */
@Command(
    name = "zoetrope spark",
    description = "Work for a cluster, on Apache Spark 4.2 (docs/scale.md).",
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Try:  zoetrope spark generate --in prompts.jsonl --out videos",
      "'zoetrope spark COMMAND --help' tells more of each.",
      "Exit code: 0 done, 1 failed, 2 wrong usage, 130 stopped by Ctrl-C, 143 by a TERM signal."
    })
final class SparkRoot implements Runnable {
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this and exit.")
  private boolean help;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new CommandLine.ParameterException(spec.commandLine(), "no command given");
  }
}
