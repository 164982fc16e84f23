package io.zoetrope.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.app.cli.terminal.Cancellation;
import io.zoetrope.app.cli.terminal.Console;
import io.zoetrope.app.cli.terminal.Session;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Scripts depend on names of options: they do not change by accident. If the change is meant, put
 * what the failure shows into {@code frozen-options.txt} and a line into {@code CHANGES.md}.
 */
class FrozenOptionsTest {
  @Test
  void optionsAreThoseOfTheList() throws IOException {
    assertThat(options()).isEqualTo(resource("frozen-options.txt"));
  }

  @Test
  void topLevelHelpIsAsReviewed(@org.junit.jupiter.api.io.TempDir Path folder) throws IOException {
    TestCli.Outcome outcome = new TestCli(folder).run("--help");
    assertThat(outcome.code()).isZero();
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.out()).isEqualTo(resource("help.txt"));
  }

  private static String options() {
    CommandLine root =
        new Cli(
                new Session(
                    Console.ofProcess(), new Cancellation(), Path.of(""), Map.<String, String>of()))
            .all();
    StringBuilder out = new StringBuilder();
    out.append(line(root.getCommandSpec()));
    new TreeMap<>(root.getSubcommands())
        .values()
        .forEach(command -> out.append(line(command.getCommandSpec())));
    return out.toString();
  }

  /** {@code generate PROMPT... : -o/--out=FILE --seed=N ...}. */
  private static String line(CommandSpec spec) {
    String positionals =
        spec.positionalParameters().stream()
            .map(p -> " " + p.paramLabel() + (p.arity().max() > 1 ? "..." : ""))
            .collect(Collectors.joining());
    String options =
        spec.options().stream()
            .map(FrozenOptionsTest::option)
            .sorted()
            .map(o -> "  " + o + "\n")
            .collect(Collectors.joining());
    return spec.name() + positionals + "\n" + options;
  }

  private static String option(OptionSpec option) {
    String names =
        Stream.of(option.names())
            .sorted((a, b) -> b.length() - a.length())
            .collect(Collectors.joining(", "));
    boolean flag = option.arity().max() == 0;
    String enumValues =
        option.type().isEnum()
            ? " {"
                + Arrays.stream(option.type().getEnumConstants())
                    .map(String::valueOf)
                    .collect(Collectors.joining(","))
                + "}"
            : "";
    return names + (flag ? "" : " " + option.paramLabel()) + enumValues;
  }

  static String resource(String name) throws IOException {
    try (InputStream in = FrozenOptionsTest.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
