package io.zoetrope.pipeline.family;

import io.zoetrope.Parity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

/** Directories of tiny models of Wan: a fixture's own parts, and those that all share. */
public final class TinyWan {
  private static final Map<String, String> SHARED =
      Map.of(
          "vae", "wan_vae/v21",
          "text_encoder", "t5/umt5",
          "tokenizer", "t5_tokenizer/json");

  private TinyWan() {}

  /** The directory of a fixture of {@code wan_pipelines}, put together below a folder. */
  public static Path directory(Path below, String name) {
    Path directory = below.resolve(name);
    copy("wan_pipelines/" + name, directory);
    SHARED.forEach((part, fixture) -> copy(fixture, directory.resolve(part)));
    return directory;
  }

  private static void copy(String fixture, Path to) {
    try (Parity parity = Parity.of("wan/t2v");
        Stream<Path> files = Files.walk(parity.folder().resolve("../../" + fixture).normalize())) {
      Path from = parity.folder().resolve("../../" + fixture).normalize();
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path there = to.resolve(from.relativize(file).toString());
        Files.createDirectories(there.getParent());
        Files.copy(file, there);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
