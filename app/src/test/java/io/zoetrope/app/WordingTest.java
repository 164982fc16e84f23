package io.zoetrope.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.app.cli.words.Wording;
import io.zoetrope.error.Fault;
import io.zoetrope.error.Mend;
import io.zoetrope.error.UserError;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WordingTest {
  private static final Pattern OPTION = Pattern.compile("--[a-z-]+");
  private static final Pattern COMMAND = Pattern.compile("'(?:zoetrope )?([a-z]+)");

  @TempDir private Path folder;

  private static String worded(Mend mend) {
    return Wording.line(new UserError(Fault.INVALID, "wrong", mend));
  }

  @ParameterizedTest
  @EnumSource
  void everySettingIsAnOptionOfSomeCommand(Mend.Knob knob) throws IOException {
    String line = worded(Mend.NONE.and(knob));
    Matcher option = OPTION.matcher(line);
    assertThat(option.find()).as(line).isTrue();
    assertThat(FrozenOptionsTest.resource("frozen-options.txt")).contains(" " + option.group());
  }

  /** Java's memory and a runtime of ONNX are given by variables of the launcher. */
  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"MORE_HEAP", "ADD_ONNX"})
  void everyDeedNamesACommandThatIsThere(Mend.Deed deed) {
    String line = worded(Mend.NONE.and(deed, "org/name"));
    Matcher command = COMMAND.matcher(line);
    assertThat(command.find()).as(line).isTrue();
    TestCli.Outcome help = new TestCli(folder).run(command.group(1), "--help");
    assertThat(help.out().toLowerCase(Locale.ROOT)).contains("usage");
  }

  @Test
  void valuesAndObjectsAreSaid() {
    assertThat(worded(Mend.of("take ").and(Mend.Knob.SAMPLER, "ddim")))
        .isEqualTo("wrong: take --sampler ddim");
    assertThat(worded(Mend.NONE.and(Mend.Deed.FETCH, "org/name")))
        .isEqualTo("wrong: run 'zoetrope pull org/name'");
  }
}
