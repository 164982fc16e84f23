package io.zoetrope.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Code and POMs in docs/embedding.md are pieces of the examples, which the build runs. */
class PageTest {
  private static final Path PAGE = Started.EXAMPLES.resolveSibling("docs/embedding.md");

  @Test
  void everyPieceIsOfAnExample() throws IOException {
    String examples = examples();
    List<String> pieces =
        Stream.of(Files.readString(PAGE).split("\n(?! {4})"))
            .filter(
                block -> block.contains("\n    ") && (block.contains(";") || block.contains("<")))
            .map(block -> block.substring(block.indexOf("\n    ")))
            .toList();
    assertThat(pieces).hasSizeGreaterThan(10);
    for (String piece : pieces) {
      assertThat(examples).contains(plain(piece));
    }
  }

  private static String examples() throws IOException {
    try (Stream<Path> files = Files.walk(Started.EXAMPLES)) {
      return files
          .filter(file -> file.toString().matches(".*\\.(java|xml|jsh|properties)"))
          .filter(file -> !file.toString().contains("target"))
          .map(PageTest::text)
          .map(PageTest::plain)
          .collect(Collectors.joining("\n"));
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Without white space, and without what the examples' POMs have for the build alone. */
  private static String plain(String text) {
    return text.replaceAll(" xmlns:xsi=\"[^\"]*\" xsi:\\S+=\"[^\"]*\"", "")
        .replaceAll("(?s)<!--.*?-->|<profiles>.*?</profiles>", "")
        .replaceAll("\\s+", "");
  }
}
