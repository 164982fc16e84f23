package io.zoetrope.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.app.cli.terminal.Cancellation;
import io.zoetrope.app.cli.terminal.Console;
import io.zoetrope.app.cli.terminal.Session;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Help, by screen and by manual page. */
class HelpTest {
  @TempDir private Path folder;

  static Stream<CommandLine> commands() {
    return new Cli(new Session(Console.ofProcess(), new Cancellation(), Path.of(""), Map.of()))
        .all().getSubcommands().values().stream();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyOptionHasAGroupAndIsShownOnce(CommandLine line) {
    String name = line.getCommandName();
    String help = new TestCli(folder).run(name, "--help").out();
    assertThat(help).doesNotContain("Other:").endsWith(GroupedHelp.EXITS + "\n");
    for (OptionSpec option : line.getCommandSpec().options()) {
      assertThat(OptionGroup.of(option)).as(name + " " + option.longestName()).isPresent();
      String shown = "^ +(-., )?%s([= ].*)?$".formatted(option.longestName());
      assertThat(help.lines().filter(row -> row.matches(shown)))
          .as(name + " " + option.longestName())
          .hasSize(1);
    }
  }

  /** Those of the model are said to be; what every run needs has a default in words. */
  @Test
  void defaultsAreSaid() {
    String help = new TestCli(folder).run("generate", "--help").out().replaceAll("\\s+", " ");
    for (String option : List.of("--size", "--frames", "--fps", "--steps", "--guidance")) {
      String text = help.substring(help.indexOf(" " + option + "="));
      assertThat(text.substring(0, text.indexOf(')'))).contains("(default: the model's");
    }
    assertThat(help).contains("zoetrope inspect MODEL --summary");
  }

  @Test
  void groupsStandInTheirOrder() {
    assertThat(new TestCli(folder).run("generate", "--help").out())
        .containsSubsequence(
            "What:",
            "PROMPT",
            "Size and time:",
            "Sampling:",
            "Model:",
            "Long videos:",
            "Control:",
            "Output:",
            "Machine:",
            "Exit code:");
  }

  @Test
  void theManualPageHasAllCommandsAndOptions() {
    TestCli.Outcome man = new TestCli(folder).run("man");
    assertThat(man.code()).isZero();
    assertThat(man.out())
        .startsWith(".TH ZOETROPE 1")
        .doesNotContain("${")
        .contains(".SS generate", ".SS man", ".SH EXIT STATUS", ".SH ENVIRONMENT");
    commands()
        .flatMap(line -> line.getCommandSpec().options().stream())
        .forEach(option ->
            assertThat(man.out())
                .contains("\\fB" + option.longestName().replace("-", "\\-") + "\\fR"));
    // Requests are those of man(7): nothing that somebody says is taken for one.
    Set<String> requests = Set.of(".TH", ".SH", ".SS", ".TP", ".PP", ".B");
    assertThat(man.out().lines().filter(row -> row.startsWith(".")))
        .allMatch(row -> requests.contains(row.split(" ", 2)[0]));
    assertThat(man.out().lines()).noneMatch(row -> row.startsWith("'") || row.isEmpty());
  }

  @ParameterizedTest
  @CsvSource({
    "true, '', xterm, true, true",
    "true, 1, xterm, true, false",
    "true, '', dumb, false, false",
    "false, '', xterm, false, false"
  })
  void coloursAreForTerminalsThatHaveThem(
      boolean terminal, String noColor, String term, boolean redraws, boolean coloured) {
    PrintStream nowhere =
        new PrintStream(new ByteArrayOutputStream(), false, StandardCharsets.UTF_8);
    Session session =
        new Session(
            new Console(nowhere, nowhere, terminal, 80),
            new Cancellation(),
            folder,
            Map.of("NO_COLOR", noColor, "TERM", term));
    assertThat(session.redraws()).isEqualTo(redraws);
    assertThat(session.coloured()).isEqualTo(coloured);
  }
}
