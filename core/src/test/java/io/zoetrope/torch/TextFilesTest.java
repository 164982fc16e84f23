package io.zoetrope.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextFilesTest {
  @TempDir Path folder;

  private String read(byte[] bytes) throws IOException {
    Path file = folder.resolve("file");
    Files.write(file, bytes);
    return TextFiles.read(file);
  }

  @Test
  void marksAreNoPartOfTheText() throws IOException {
    for (Charset charset :
        new Charset[] {
          StandardCharsets.UTF_8, StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE
        }) {
      assertThat(read("\ufeffein Bär\n".getBytes(charset))).isEqualTo("ein Bär\n");
    }
    assertThat(read("Bär".getBytes(StandardCharsets.UTF_8))).isEqualTo("Bär");
    assertThat(read(new byte[0])).isEmpty();
    assertThat(read("\ufeff".getBytes(StandardCharsets.UTF_8))).isEmpty();
  }

  @Test
  void whatIsNoTextIsSaid() throws IOException {
    byte[] latin = "Bär".getBytes(StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> read(latin)).isInstanceOf(CharacterCodingException.class);
    assertThat(TextFiles.lenient(folder.resolve("file"))).isEqualTo("B\ufffdr");
  }
}
