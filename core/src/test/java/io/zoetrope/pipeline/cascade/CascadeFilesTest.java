package io.zoetrope.pipeline.cascade;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The cascades that come with the checkout. */
class CascadeFilesTest {
  static Stream<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("..", "cascades"))) {
      return files.sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void isACascadeAndTheSameAfterItsJson(Path file) throws IOException {
    Cascade cascade = Cascade.parse(file.toString(), Files.readString(file));
    assertThat(Cascade.parse("again", cascade.toJson())).isEqualTo(cascade);
  }
}
