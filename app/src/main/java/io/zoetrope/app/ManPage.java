package io.zoetrope.app;

import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The manual page, as roff with the macros of man(7). */
final class ManPage {
  private final StringJoiner page = new StringJoiner("\n");

  private ManPage() {}

  /** Of all commands. */
  static String of(CommandLine root) {
    ManPage page = new ManPage();
    page.write(root);
    return page.page.toString();
  }

  private void write(CommandLine root) {
    String[] about = root.getCommandSpec().usageMessage().description();
    String version = Version.name();
    page.add(".TH ZOETROPE 1 \"\" \"%s\" \"Zoetrope\"".formatted(text(version)));
    page.add(".SH NAME").add("zoetrope \\- makes videos from text");
    page.add(".SH SYNOPSIS").add(".B zoetrope").add("\\fICOMMAND\\fR [\\fIOPTIONS\\fR]");
    page.add(".SH DESCRIPTION");
    Stream.of(about).forEach(this::line);
    page.add(".SH COMMANDS");
    root.getSubcommands().values().forEach(line -> command(line.getCommandSpec()));
    page.add(".SH EXIT STATUS");
    for (Map.Entry<String, String> exit : Surroundings.EXITS.entrySet()) {
      entry("\\fB%s\\fR".formatted(text(exit.getKey())), exit.getValue());
    }
    page.add(".SH ENVIRONMENT");
    for (Map.Entry<String, String> variable : Surroundings.VARIABLES.entrySet()) {
      entry("\\fB%s\\fR".formatted(text(variable.getKey())), variable.getValue());
    }
  }

  private void command(CommandSpec spec) {
    page.add(".SS " + text(spec.name()));
    page.add(".B zoetrope " + text(spec.name()));
    String words =
        spec.positionalParameters().stream()
            .map(p -> "\\fI%s\\fR".formatted(text(p.paramLabel())))
            .collect(Collectors.joining(" "));
    page.add("[\\fIOPTIONS\\fR] " + words).add(".PP");
    Stream.of(spec.usageMessage().description()).forEach(this::line);
    spec.positionalParameters()
        .forEach(p -> entry("\\fI%s\\fR".formatted(text(p.paramLabel())), plain(p.description())));
    for (OptionGroup group : OptionGroup.values()) {
      List<OptionSpec> options = group.of(spec.options());
      if (!options.isEmpty()) {
        page.add(".PP").add("\\fI%s\\fR".formatted(text(group.heading())));
        options.forEach(option -> entry(names(option), plain(option.description())));
      }
    }
  }

  private static String names(OptionSpec option) {
    String value =
        option.arity().max() > 0 ? " \\fI%s\\fR".formatted(text(option.paramLabel())) : "";
    return Stream.of(option.names())
            .map(name -> "\\fB%s\\fR".formatted(text(name)))
            .collect(Collectors.joining(", "))
        + value;
  }

  private void entry(String term, String description) {
    page.add(".TP").add(term);
    line(description);
  }

  private static String plain(String[] lines) {
    return String.join(" ", lines);
  }

  private void line(String words) {
    String text = text(Ansi.OFF.string(words));
    // A dot or a quote at the beginning of a line would be a request.
    page.add(text.startsWith(".") || text.startsWith("'") ? "\\&" + text : text);
  }

  /** A dash that is typed is another than one that is read. */
  private static String text(String words) {
    return words.replace("\\", "\\e").replace("-", "\\-").replace("\n", " ");
  }
}
