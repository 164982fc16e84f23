package io.zoetrope.pipeline.family;

import io.zoetrope.Parity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
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
    padWithTheFirst(directory.resolve("tokenizer/special_tokens_map.json"));
    return directory;
  }

  /** As the tokenizers of Stable Diffusion 2.1 do, whose other file says otherwise. */
  private static void padWithTheFirst(Path map) {
    try {
      String said = Files.readString(map);
      Files.writeString(
          map, said.replace("\"pad_token\": \"<|endoftext|>\"", "\"pad_token\": \"!\""));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
