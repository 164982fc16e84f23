package io.zoetrope.app.command;

import io.zoetrope.torch.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * What folders take of a disk, and how they are taken away. Links are links: nothing behind them.
 */
final class DiskUse {
  private DiskUse() {}

  /** Bytes of all files in a folder. */
  static long bytes(Path folder) {
    return files(folder).stream().filter(Files::isRegularFile).mapToLong(DiskUse::size).sum();
  }

  /** Deletes a folder with all that is in it, or a link. */
  static void delete(Path folder) {
    try {
      if (Files.isSymbolicLink(folder)) {
        Files.delete(folder);
        return;
      }
      for (Path path : files(folder).stream().sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw AtomicFiles.cannot("delete", folder, e);
    }
  }

  private static List<Path> files(Path folder) {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.toList();
    } catch (IOException e) {
      throw AtomicFiles.cannot("look into", folder, e);
    }
  }

  /** Bytes of a file, also behind a link. */
  static long resolvedSize(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw AtomicFiles.cannot("look at", file, e);
    }
  }

  private static long size(Path file) {
    try {
      return Files.isSymbolicLink(file) ? 0 : Files.size(file);
    } catch (IOException e) {
      throw AtomicFiles.cannot("look at", file, e);
    }
  }
}
