package io.zoetrope.checkpoint.safetensors;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.checkpoint.JsonFiles;
import io.zoetrope.error.UserError;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Files that are no weights are called what they are, with what helps. */
class ForeignFileTest {
  @TempDir private Path folder;

  private static final String POINTER =
      """
      version https://git-lfs.github.com/spec/v1
      oid sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
      size 3438167540
      """;

  static Stream<Arguments> files() {
    return Stream.of(
        Arguments.of(POINTER, "is a pointer of Git LFS to a file of 3.4 GB", "git lfs pull"),
        Arguments.of(
            "<!DOCTYPE html>\n<html><head><title>Sign in</title></head></html>",
            "is a web page ('Sign in')",
            "needed a login"),
        Arguments.of("\n  <html>", "is a web page", "needed a login"),
        Arguments.of(
            "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>",
            "is an XML answer of a server",
            "fetch it again"),
        Arguments.of(
            "{\"error\":\"Repository is gated\"}",
            "is a JSON answer of a server (Repository is gated)",
            "logged in"),
        Arguments.of(
            "\ufeff{\"detail\": \"no\"}", "is a JSON answer of a server (no)", "logged in"),
        Arguments.of("Entry not found", "is text ('Entry not found')", "fetch the file again"),
        Arguments.of("GGUF\u0003\0\0\0\u0010", "is a GGUF file", "the model's safetensors"),
        Arguments.of(
            "PK\u0003\u0004\0\0\0\0archive/data.pkl", "a PyTorch pickle", "as safetensors"),
        Arguments.of("PK\u0003\u0004" + "x".repeat(80), "is a zip archive", "unpack it"),
        Arguments.of("\0".repeat(4096), "begins with zeros", "fetch it again"));
  }

  @ParameterizedTest
  @MethodSource("files")
  void isNamedWithTheMend(String content, String kind, String mend) throws IOException {
    Path file = folder.resolve("model.safetensors");
    Files.writeString(file, content, StandardCharsets.UTF_8);
    assertThatThrownBy(() -> Safetensors.open(file))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith(file.toString())
        .hasMessageContaining(kind)
        .hasMessageContaining(mend);
  }

  @Test
  void configsThatAreNoneAreNamedToo() throws IOException {
    Path file = folder.resolve("config.json");
    Files.writeString(file, POINTER);
    assertThatThrownBy(() -> JsonFiles.read(file, JsonNode.class))
        .hasMessageContaining("is a pointer of Git LFS to a file of 3.4 GB, not JSON");
  }
}
