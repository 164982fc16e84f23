package io.zoetrope;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The library does not know which door it stands behind: no text of it names an option or a
 * command. What to do about an error is a {@link io.zoetrope.error.Mend}, which the door words.
 */
class MessagesTest {
  private static final Path SOURCES = Path.of("src/main/java");
  private static final Pattern LITERAL = Pattern.compile("\"((?:[^\"\\\\\\n]|\\\\.)*)\"");

  /** An option, or the command's name and a verb after it. */
  private static final Pattern DOOR = Pattern.compile("(?<![\\w-])--[a-z]|'(\\./)?zoetrope [a-z]");

  private static List<String> offences(String text) {
    List<String> found = new ArrayList<>();
    Matcher literals = LITERAL.matcher(text);
    while (literals.find()) {
      if (DOOR.matcher(literals.group(1)).find()) {
        found.add(literals.group(1));
      }
    }
    return found;
  }

  @Test
  void noTextNamesAnOptionOrACommand() throws IOException {
    List<String> found = new ArrayList<>();
    int files = 0;
    try (Stream<Path> all = Files.walk(SOURCES)) {
      for (Path file : all.filter(p -> p.toString().endsWith(".java")).toList()) {
        files++;
        for (String offence : offences(Files.readString(file))) {
          found.add(SOURCES.relativize(file) + ": " + offence);
        }
      }
    }
    assertThat(files).isGreaterThan(300);
    assertThat(found).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "f(\"take --sampler ddim\")",
        "f(\"a\" + \"--include takes it\")",
        "f(\"run 'zoetrope pull x'\")",
        "f(\"run './zoetrope models'\")"
      })
  void itWouldBeSeen(String code) {
    assertThat(offences(code)).hasSize(1);
  }
}
