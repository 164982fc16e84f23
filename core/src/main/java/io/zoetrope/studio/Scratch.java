package io.zoetrope.studio;

import io.zoetrope.torch.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A folder for what FFmpeg only takes as a file. */
final class Scratch {
  private Scratch() {}

  /** What needs one. */
  @FunctionalInterface
  interface Use<T> {
    T in(Path folder) throws IOException;
  }

  /** Makes an empty folder among the system's temporary ones, and deletes it afterwards. */
  static <T> T use(Use<T> use) {
    Path folder = Path.of(System.getProperty("java.io.tmpdir", ""));
    try {
      folder = Files.createTempDirectory("zoetrope-");
      try {
        return use.in(folder);
      } finally {
        AtomicFiles.deleteTree(folder);
      }
    } catch (IOException e) {
      throw AtomicFiles.cannot("use", folder, e);
    }
  }
}
