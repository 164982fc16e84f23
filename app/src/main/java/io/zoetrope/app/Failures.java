package io.zoetrope.app;

import io.zoetrope.app.cli.Verb;
import io.zoetrope.app.cli.config.Preferences;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.app.cli.words.UsageError;
import io.zoetrope.app.cli.words.Wording;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.MaxValuesExceededException;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns whatever went wrong into one line on stderr and an exit code. */
final class Failures implements IParameterExceptionHandler, IExecutionExceptionHandler {
  static final int FAILED = 1;
  static final int USAGE = 2;

  /** What libtorch says when the system, or a device, gives it no more memory. */
  private static final Pattern NATIVE_MEMORY =
      Pattern.compile("can't allocate memory|not enough memory|out of memory|bad_alloc");

  private final Session session;

  Failures(Session session) {
    this.session = session;
  }

  /** Wrong usage: what is wrong, and where to read how it is right. */
  @Override
  public int handleParseException(ParameterException e, String[] args) {
    CommandLine line = e.getCommandLine();
    String name = line.getCommandSpec().qualifiedName();
    say("%s%s (see '%s --help')".formatted(wrong(e), origin(e, List.of(args)), name));
    if (List.of(args).contains("--debug")) {
      session.console().trace(e);
    }
    return USAGE;
  }

  /** Where a value comes from that nobody typed. */
  private String origin(ParameterException e, List<String> args) {
    boolean typed =
        !(e.getArgSpec() instanceof OptionSpec option)
            || args.stream()
                .anyMatch(arg ->
                    Stream.of(option.names())
                        .anyMatch(name -> arg.equals(name) || arg.startsWith(name + "=")));
    boolean preferred =
        !typed
            && e.getCommandLine().getDefaultValueProvider() instanceof PreferredValues values
            && values.of(e.getArgSpec()).isPresent();
    return preferred ? Preferences.place(session).map(", says '%s'"::formatted).orElse("") : "";
  }

  @Override
  public int handleExecutionException(Exception e, CommandLine line, @Nullable ParseResult parsed) {
    boolean debug = line.getCommand() instanceof Verb verb && verb.output().debug();
    return handle(e, debug, names(line, true));
  }

  /** As the handlers, for anything thrown. */
  int handle(Throwable e, boolean debug) {
    return handle(e, debug, List.of());
  }

  /**
   * As above.
   *
   * @param options of the command, for an order names its wishes as they do
   */
  private int handle(Throwable e, boolean debug, List<String> options) {
    if (debug) {
      session.console().trace(e);
    }
    return switch (e) {
      case CancellationException cancelled -> {
        say(text(cancelled));
        yield session.cancellation().exitCode();
      }
      case UsageError usage -> {
        say(text(usage));
        yield USAGE;
      }
      case UserError user -> {
        say(Wording.line(user, options));
        yield user.fault() == Fault.ORDER ? USAGE : FAILED;
      }
      case OutOfMemoryError memory -> {
        say(
            "out of memory (%s): ask for fewer or smaller frames, or raise Java's share with"
                    .formatted(text(memory))
                + " ZOETROPE_JAVA_OPTS=-Xmx4g");
        yield FAILED;
      }
      case RuntimeException other when NATIVE_MEMORY.matcher(text(other)).find() -> {
        say("out of memory: ask for fewer or smaller frames, or close other programs");
        yield FAILED;
      }
      default -> {
        String hint = debug ? "" : " (a fault of zoetrope; --debug shows where)";
        say("%s: %s%s".formatted(e.getClass().getSimpleName(), text(e), hint));
        yield FAILED;
      }
    };
  }

  private void say(String line) {
    session.console().error(line);
  }

  private static String wrong(ParameterException e) {
    return switch (e) {
      case UnmatchedArgumentException unmatched -> unmatched(unmatched);
      case MissingParameterException missing -> lowerFirst(text(missing));
      case MaxValuesExceededException many -> lowerFirst(text(many));
      default ->
          lowerFirst(text(e).replaceFirst("^Invalid value for option '([^']+)'.*?: ", "$1: "));
    };
  }

  private static String unmatched(UnmatchedArgumentException e) {
    String word = e.getUnmatched().isEmpty() ? "" : e.getUnmatched().getFirst();
    boolean option = word.startsWith("-") && word.length() > 1;
    boolean command = !e.getCommandLine().getSubcommands().isEmpty();
    String what = option ? "unknown option" : command ? "unknown command" : "unexpected argument";
    List<String> near =
        option || command ? Nearest.of(word, names(e.getCommandLine(), option)) : List.of();
    if (option && Nearest.distance(word, "--prompt") <= 2 && takesPrompt(e.getCommandLine())) {
      return "%s '%s': the prompt stands without an option, as in: %s \"a red ball\""
          .formatted(what, word, e.getCommandLine().getCommandName());
    }
    String mend = near.isEmpty() ? "" : ": did you mean " + String.join(" or ", near) + "?";
    return "%s '%s'%s".formatted(what, word, mend);
  }

  private static boolean takesPrompt(CommandLine line) {
    return line.getCommandSpec().positionalParameters().stream()
        .anyMatch(parameter -> parameter.paramLabel().contains("PROMPT"));
  }

  private static List<String> names(CommandLine line, boolean options) {
    if (!options) {
      return List.copyOf(line.getSubcommands().keySet());
    }
    return line.getCommandSpec().options().stream()
        .filter(option -> !option.hidden())
        .flatMap(option -> List.of(option.names()).stream())
        .collect(Collectors.toList());
  }

  private static String text(Throwable e) {
    String message = e.getMessage();
    if (message == null || message.isBlank()) {
      return e.getClass().getSimpleName();
    }
    // Native messages carry a C++ stack of thousands of characters below their first line; those
    // of the command line, however, may be wrapped.
    return e instanceof ParameterException
        ? message.strip().replaceAll("\\s*\\R\\s*", " ")
        : message.lines().findFirst().orElse("");
  }

  private static String lowerFirst(String text) {
    boolean word = text.length() > 1 && Character.isLowerCase(text.charAt(1));
    return word ? Character.toLowerCase(text.charAt(0)) + text.substring(1) : text;
  }
}
