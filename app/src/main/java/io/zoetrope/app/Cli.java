package io.zoetrope.app;

import io.zoetrope.app.cli.Verb;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.Natives;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import picocli.CommandLine;

/**
 * From arguments to an exit code. Only the command that was asked for is loaded: reading the
 * annotations of all of them would cost a tenth of a second at every start.
 */
public final class Cli {
  private final Session session;

  private final Supplier<?> top;
  private final List<Commands.Entry> table;

  public Cli(Session session) {
    this(session, Commands.ALL);
  }

  /** With a table of commands of its own. */
  Cli(Session session, List<Commands.Entry> table) {
    this(session, Root::new, table);
  }

  /**
   * Of another module, with options, help, errors and exit codes as everywhere.
   *
   * @param top makes the command without a command, of which these are the commands
   * @param commands by name, in the order in which help shows them
   */
  public Cli(Session session, Supplier<?> top, Map<String, Function<Session, Verb>> commands) {
    this(
        session,
        top,
        commands.entrySet().stream()
            .map(entry -> new Commands.Entry(entry.getKey(), entry.getValue()))
            .toList());
  }

  private Cli(Session session, Supplier<?> top, List<Commands.Entry> table) {
    this.session = session;
    this.top = top;
    this.table = table;
  }

  /** Runs one command line; never throws for what a person did. */
  public int run(String... words) {
    String[] args = unfolded(words);
    if (args.length == 0) {
      all().usage(session.console().errWriter());
      session.console().flush();
      return Failures.USAGE;
    }
    Optional<Commands.Entry> wanted = wanted(args);
    boolean computes = wanted.isPresent() && wanted.get().computes() && !asksForHelp(args);
    if (computes) {
      Natives.begin();
    }
    Failures failures = new Failures(session);
    PreferredValues preferred;
    try {
      preferred = wanted.isPresent() ? PreferredValues.of(session, args) : PreferredValues.none();
    } catch (UserError e) {
      return failures.handle(e, List.of(args).contains("--debug"));
    }
    CommandLine line = build(wanted, failures, preferred);
    if (computes) {
      line.setExecutionStrategy(parsed -> {
        Natives.settle();
        return new CommandLine.RunLast().execute(parsed);
      });
    }
    try {
      return line.execute(args);
    } catch (Error e) {
      // The library of the command line hands exceptions over, and no errors.
      return failures.handle(e, List.of(args).contains("--debug"));
    } finally {
      session.console().flush();
      if (computes) {
        // A process must not end while a library begins.
        Natives.settle();
      }
    }
  }

  /** {@code help VERB} is {@code VERB --help}; of a verb that is not there, it is left alone. */
  private String[] unfolded(String[] words) {
    if (words.length == 0 || !words[0].equals("help")) {
      return words;
    }
    String[] rest = Arrays.copyOfRange(words, 1, words.length);
    boolean known = rest.length == 0 || wanted(rest).isPresent();
    return known
        ? Stream.concat(Stream.of(rest), Stream.of("--help")).toArray(String[]::new)
        : rest;
  }

  private static boolean asksForHelp(String[] args) {
    return List.of(args).contains("--help") || List.of(args).contains("-h");
  }

  /** The whole tree of commands, for help and tests. */
  public CommandLine all() {
    return build(Optional.empty(), new Failures(session), PreferredValues.none());
  }

  private CommandLine build(
      Optional<Commands.Entry> only, Failures failures, PreferredValues preferred) {
    CommandLine root = new CommandLine(top.get());
    List<Commands.Entry> entries = only.map(List::of).orElse(table);
    for (Commands.Entry entry : entries) {
      Function<Session, Verb> make = entry.make();
      root.addSubcommand(entry.name(), make.apply(session));
    }
    root.setOut(session.console().outWriter());
    root.setErr(session.console().errWriter());
    root.setColorScheme(
        CommandLine.Help.defaultColorScheme(
            session.colouredOut() ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF));
    root.setUsageHelpWidth(Math.clamp(session.console().columns(), 60, 100));
    root.setUsageHelpAutoWidth(false);
    GroupedHelp.install(root);
    root.setDefaultValueProvider(preferred);
    root.setParameterExceptionHandler(failures);
    root.setExecutionExceptionHandler(failures);
    return root;
  }

  /** The command that the arguments name, unless help or an unknown command is asked for. */
  private Optional<Commands.Entry> wanted(String[] args) {
    if (args.length == 0) {
      return Optional.empty();
    }
    return table.stream().filter(entry -> entry.name().equals(args[0])).findFirst();
  }
}
