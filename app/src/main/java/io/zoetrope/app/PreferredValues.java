package io.zoetrope.app;

import io.zoetrope.app.cli.config.Preferences;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Defaults of options by the file of a person, and by the preset that a command line names. */
final class PreferredValues implements IDefaultValueProvider {
  private static final String PRESET = "--preset";

  /** Options that make no sense as a default. */
  private static final Set<String> TYPED_ONLY =
      Set.of("help", "preset", "at", "set", "check", "resume", "yes", "version");

  private final Map<String, String> values;

  private PreferredValues(Map<String, String> values) {
    this.values = values;
  }

  /** Without any. */
  static PreferredValues none() {
    return new PreferredValues(Map.of());
  }

  /**
   * For a command line.
   *
   * @throws UserError if the file is not as it should be
   */
  static PreferredValues of(Session session, String[] args) {
    Preferences preferences = Preferences.of(session);
    String file = Preferences.place(session).map(String::valueOf).orElse("");
    check(file, "defaults", preferences.defaults());
    preferences.presets().forEach((name, preset) -> check(file, "presets." + name, preset));
    return new PreferredValues(preferences.values(preset(args)));
  }

  private static void check(String file, String section, Map<String, String> values) {
    for (String key : values.keySet()) {
      if (TYPED_ONLY.contains(key) || !OptionGroup.known("--" + key)) {
        List<String> all =
            OptionGroup.names()
                .map(name -> name.substring(2))
                .filter(n -> !TYPED_ONLY.contains(n))
                .toList();
        List<String> near = Nearest.of(key, all);
        throw new UserError(
            Fault.INVALID,
            "'%s': unknown key '%s' in %s".formatted(file, key, section),
            near.isEmpty()
                ? "keys are options without their dashes"
                : "did you mean " + String.join(" or ", near) + "?");
      }
    }
  }

  /** The preset that is named; it decides over other options, so it is looked for before them. */
  private static Optional<String> preset(String[] args) {
    List<String> words =
        new ArrayList<>(Stream.of(args).takeWhile(word -> !word.equals("--")).toList());
    for (int i = words.size() - 1; i >= 0; i--) {
      if (words.get(i).startsWith(PRESET + "=")) {
        return Optional.of(words.get(i).substring(PRESET.length() + 1));
      }
      if (words.get(i).equals(PRESET) && i + 1 < words.size()) {
        return Optional.of(words.get(i + 1));
      }
    }
    return Optional.empty();
  }

  /** The value of an option, if somebody prefers one. */
  Optional<String> of(ArgSpec arg) {
    return arg instanceof OptionSpec option
        ? Optional.ofNullable(values.get(option.longestName().replaceFirst("^-+", "")))
        : Optional.empty();
  }

  @Override
  public @Nullable String defaultValue(ArgSpec arg) {
    return of(arg).orElse(null);
  }
}
