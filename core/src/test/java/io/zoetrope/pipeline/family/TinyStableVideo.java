package io.zoetrope.pipeline.family;

import io.zoetrope.Parity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** A directory of a tiny model of Stable Video Diffusion: the parts of its fixtures. */
public final class TinyStableVideo {
  private TinyStableVideo() {}

  /** Put together below a folder. */
  public static Path directory(Path below) {
    Path directory = below.resolve("svd");
    copy("svd_pipelines/svd", directory);
    copy("svd/unet", directory.resolve("unet"));
    return directory;
  }

  private static void copy(String fixture, Path to) {
    try (Parity parity = Parity.of(fixture);
        Stream<Path> files = Files.walk(parity.folder())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path there = to.resolve(parity.folder().relativize(file).toString());
        Files.createDirectories(there.getParent());
        Files.copy(file, there);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
