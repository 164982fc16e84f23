package io.zoetrope.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.checkpoint.JsonFiles;
import io.zoetrope.network.dit.DitConfig;
import io.zoetrope.network.unet.Inflation;
import io.zoetrope.network.unet.NormScope;
import io.zoetrope.network.unet.UNetConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Configs of networks are read as they were written, with all that they may leave unsaid. */
class NetworkConfigFilesTest {
  @TempDir Path folder;

  private static Stream<NetworkConfig> configs() {
    Stream<NetworkConfig> plain =
        Stream.concat(
            DitConfig.SIZES.values().stream().map(c -> c),
            UNetConfig.SIZES.values().stream().map(c -> c));
    UNetConfig tiny = UNetConfig.size("tiny");
    Stream<NetworkConfig> inflated =
        Inflation.RECIPES.values().stream()
            .flatMap(by ->
                Stream.of(
                    tiny.inflated(by),
                    tiny.inflated(by.normed(NormScope.CLIP)),
                    tiny.inflated(by.normed(NormScope.FRAME))));
    return Stream.concat(plain, inflated)
        .flatMap(config -> Stream.of(config, config.telling(new Told(64))));
  }

  @ParameterizedTest
  @MethodSource("configs")
  void isReadAsItWasWritten(NetworkConfig config) {
    Path file = folder.resolve("config.json");
    JsonFiles.write(file, config);
    assertThat(JsonFiles.read(file, config.getClass())).isEqualTo(config);
  }

  @Test
  void whatIsNotToldIsNotWritten() throws IOException {
    Path file = folder.resolve("config.json");
    JsonFiles.write(file, DitConfig.size("tiny"));
    assertThat(Files.readString(file)).doesNotContain("told");
  }
}
