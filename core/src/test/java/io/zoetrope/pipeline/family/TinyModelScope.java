package io.zoetrope.pipeline.family;

import io.zoetrope.Parity;
import java.nio.file.Path;
import java.util.Map;

/** The directory of a tiny model of ModelScope: a fixture's own parts, and those of others. */
public final class TinyModelScope {
  private static final Map<String, String> SHARED =
      Map.of("vae", "animatediff/model/vae", "tokenizer", "clip_tokenizer");

  private TinyModelScope() {}

  /** The directory, put together below a folder. */
  public static Path directory(Path below) {
    Path directory = below.resolve("modelscope");
    try (Parity parity = Parity.of("modelscope")) {
      Path fixtures = parity.folder().resolveSibling(".").normalize();
      TinyStableDiffusion.copy(fixtures.resolve("modelscope/model"), directory);
      SHARED.forEach((part, fixture) ->
          TinyStableDiffusion.copy(fixtures.resolve(fixture), directory.resolve(part)));
    }
    return directory;
  }
}
