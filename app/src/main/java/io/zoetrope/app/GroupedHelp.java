package io.zoetrope.app;

import java.util.List;
import java.util.function.Predicate;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Layout;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** Help of a command: what it takes in groups ({@link OptionGroup}), and how it exits. */
final class GroupedHelp {
  /** How every command ends. */
  static final String EXITS =
      "Exit code: 0 done, 1 failed, 2 wrong usage, 130 stopped by Ctrl-C, 143 by a TERM signal.";

  private GroupedHelp() {}

  /** Has all commands below this one show it. */
  static void install(CommandLine root) {
    for (CommandLine line : root.getSubcommands().values()) {
      UsageMessageSpec usage = line.getCommandSpec().usageMessage();
      usage.abbreviateSynopsis(true);
      usage.sectionMap().put(UsageMessageSpec.SECTION_KEY_PARAMETER_LIST, help -> "");
      usage.sectionMap().put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, GroupedHelp::options);
      usage.sectionMap().put(UsageMessageSpec.SECTION_KEY_FOOTER, GroupedHelp::footer);
    }
  }

  private static String options(Help help) {
    List<OptionSpec> all = help.commandSpec().options();
    List<PositionalParamSpec> words = help.commandSpec().positionalParameters();
    StringBuilder out = new StringBuilder();
    for (OptionGroup group : OptionGroup.values()) {
      List<OptionSpec> options = group.of(all);
      List<PositionalParamSpec> first = group == OptionGroup.WHAT ? words : List.of();
      section(out, help, group.heading(), first, options);
    }
    Predicate<OptionSpec> grouped = option -> OptionGroup.of(option).isPresent();
    section(
        out,
        help,
        "Other",
        List.of(),
        all.stream().filter(grouped.negate()).filter(option -> !option.hidden()).toList());
    return out.toString();
  }

  private static void section(
      StringBuilder out,
      Help help,
      String heading,
      List<PositionalParamSpec> words,
      List<OptionSpec> options) {
    if (words.isEmpty() && options.isEmpty()) {
      return;
    }
    Layout layout =
        help.createDefaultLayout(
            help.commandSpec().options(),
            help.commandSpec().positionalParameters(),
            help.colorScheme());
    layout.addPositionalParameters(words, help.parameterLabelRenderer());
    layout.addOptions(options, help.parameterLabelRenderer());
    out.append(help.createHeading("%n@|bold %s:|@%n", heading)).append(layout);
  }

  private static String footer(Help help) {
    boolean model =
        help.commandSpec().options().stream().anyMatch(o -> o.longestName().equals("--model"));
    String own =
        model
            ? "What is the model's by default: 'zoetrope inspect MODEL --summary' lists it.%n"
            : "";
    return help.createHeading("%n" + own + EXITS + "%n");
  }
}
