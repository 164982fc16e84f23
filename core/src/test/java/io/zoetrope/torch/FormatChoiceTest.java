package io.zoetrope.torch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FormatChoiceTest {
  private static final String HERE = "AMD EPYC: 25 17 1, 2 threads, libtorch 2.10";

  @TempDir private Path folder;

  @Test
  void isMeasuredOnce() {
    Path file = folder.resolve("new/formats.properties");
    FormatChoice first = FormatChoice.of(HERE, file, () -> 1.83456);
    FormatChoice other = FormatChoice.of("another = machine", file, () -> 0.6);
    FormatChoice again = FormatChoice.of(HERE, file, () -> 0.1);
    assertThat(first.bf16()).isTrue();
    assertThat(other.bf16()).isFalse();
    assertThat(again).isEqualTo(first);
    assertThat(first.file()).contains(file);
  }

  @Test
  void aDamagedFileIsMadeAnew() throws IOException {
    Path file = folder.resolve("formats.properties");
    Files.writeString(file, "AMD\\ EPYC\\:\\ 25=\\u00zz\n");
    assertThat(FormatChoice.of(HERE, file, () -> 2.0).gain()).isEqualTo(2);
    assertThat(FormatChoice.of(HERE, file, () -> 3.0).gain()).isEqualTo(2);
  }

  @Test
  void aFolderThatCannotBeWrittenToIsNoFault() throws IOException {
    Path file = folder.resolve("file");
    Files.writeString(file, "");
    FormatChoice choice = FormatChoice.of(HERE, file.resolve("formats.properties"), () -> 2.0);
    assertThat(choice.file()).isEqualTo(Optional.empty());
    assertThat(choice.bf16()).isTrue();
  }

  @Test
  void itsFolder() {
    assertThat(CacheFolder.of(Map.of("ZOETROPE_CACHE", "/a"))).isEqualTo(Path.of("/a"));
    assertThat(CacheFolder.of(Map.of("XDG_CACHE_HOME", "/c"))).isEqualTo(Path.of("/c/zoetrope"));
    assertThat(CacheFolder.of(Map.of()))
        .isEqualTo(Path.of(System.getProperty("user.home"), ".cache", "zoetrope"));
  }

  @Test
  void narrowNetworksAreF32() {
    assertThat(Precision.of("auto", 255)).isEqualTo(Precision.F32);
    assertThat(Precision.of("bf16", 16)).isEqualTo(Precision.BF16);
  }
}
