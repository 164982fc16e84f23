package io.zoetrope.pipeline.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.error.UserError;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a network is shown, in the words that configs have. */
class BesideTextTest {
  @ParameterizedTest
  @CsvSource({
    "mask, 5",
    "known, 5",
    "given:4, 8",
    "places:8, 72",
    "picture:0.18215, 4",
    "smaller:area:2:noised, 4",
    "slower:3:repeat, 4",
    "structure:lineart:4:6, 10",
  })
  void isReadAsItWasWritten(String text, int channels) {
    Beside read = Beside.of(text);
    assertThat(read.text()).isEqualTo(text);
    assertThat(read.channels(4)).isEqualTo(channels);
    assertThat(Beside.of(read.text())).isEqualTo(read);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "picture",
        "picture:",
        "picture:0",
        "picture:-1",
        "picture:1e3",
        "picture:x",
        "given:0",
        "places:",
        "smaller:area:9",
        "slower:1:repeat",
        "structure:nobody:1:2",
      })
  void nothingElseIs(String text) {
    assertThatThrownBy(() -> Beside.of(text)).isInstanceOf(UserError.class);
  }
}
