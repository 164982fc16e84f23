package io.zoetrope.app;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command without a command: shows what there is. */
@Command(
    name = "zoetrope",
    description = "Makes videos from text on this machine, and trains the models that do.",
    synopsisSubcommandLabel = "COMMAND",
    versionProvider = Version.class,
    footer = {
      "",
      "Try:  zoetrope generate \"a red ball moves right\" -o ball.mp4",
      "'zoetrope COMMAND --help' tells more of each, 'zoetrope man | man -l -' all of it.",
      GroupedHelp.EXITS
    })
final class Root implements Runnable {
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this and exit.")
  private boolean help;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Show the version and exit.")
  private boolean version;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new CommandLine.ParameterException(spec.commandLine(), "no command given");
  }
}
