package io.zoetrope.app;

import io.zoetrope.app.cli.Result;
import io.zoetrope.app.cli.Verb;
import io.zoetrope.app.cli.terminal.Session;
import java.util.Map;
import java.util.StringJoiner;
import java.util.function.Function;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Parameters;

/** {@code zoetrope completion}. */
@Command(
    name = "completion",
    description = {
      "Prints a script that lets a shell complete commands and options.",
      "bash and zsh: source <(zoetrope completion bash). fish: zoetrope completion fish | source."
    })
public final class CompletionCommand extends Verb {
  private static final String NAME = "zoetrope";

  /** The shells, each with its script. */
  private enum Shell {
    bash(line -> AutoComplete.bash(NAME, line)),
    /** The same script: it turns on zsh's own support of bash's completions. */
    zsh(line -> AutoComplete.bash(NAME, line)),
    fish(CompletionCommand::fish);

    private final Function<CommandLine, String> script;

    Shell(Function<CommandLine, String> script) {
      this.script = script;
    }
  }

  @Parameters(paramLabel = "SHELL", description = "bash, zsh or fish.")
  private Shell shell = Shell.bash;

  public CompletionCommand(Session session) {
    super(session);
  }

  @Override
  protected Result run() {
    String script = shell.script.apply(new Cli(session()).all());
    return Result.of(script, Map.of("shell", shell.name(), "script", script));
  }

  private static String fish(CommandLine all) {
    StringJoiner script = new StringJoiner("\n");
    script.add("complete -c %s -e".formatted(NAME));
    all.getSubcommands()
        .forEach((name, line) -> {
          script.add(
              "complete -c %s -n __fish_use_subcommand -f -a %s -d %s"
                  .formatted(
                      NAME, name, quoted(line.getCommandSpec().usageMessage().description())));
          for (OptionSpec option : line.getCommandSpec().options()) {
            StringJoiner names = new StringJoiner(" ");
            for (String word : option.names()) {
              names.add(
                  word.startsWith("--") ? "-l " + word.substring(2) : "-s " + word.substring(1));
            }
            script.add(
                "complete -c %s -n '__fish_seen_subcommand_from %s' %s%s -d %s"
                    .formatted(
                        NAME,
                        name,
                        names,
                        option.arity().max() > 0 ? " -r" : "",
                        quoted(option.description())));
          }
        });
    return script.toString();
  }

  /** The first line, as fish takes it. */
  private static String quoted(String[] lines) {
    String first = lines.length == 0 ? "" : lines[0];
    return "'%s'".formatted(first.replace("\\", "\\\\").replace("'", "\\'"));
  }
}
