package io.zoetrope.spark.batch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Deletes what no row names.
 *
 * @param root the folder of clips and manifest
 * @param named files of rows, from there on
 * @param before what is younger stays: it may be on its way
 * @param dry whether all stays
 */
record Sweep(Path root, Set<String> named, Instant before, boolean dry) {
  /** What went, or would go. */
  record Gone(long files, long bytes) {}

  Gone run() throws IOException {
    long files = 0;
    long bytes = 0;
    for (Path folder : List.of(root.resolve("clips"), Attempts.of(root))) {
      for (Path file : files(folder)) {
        String path = root.relativize(file).toString().replace('\\', '/');
        boolean old = Files.getLastModifiedTime(file).toInstant().isBefore(before);
        if (old && !named.contains(path)) {
          files++;
          bytes += Files.size(file);
          if (!dry) {
            Files.delete(file);
          }
        }
      }
      prune(folder);
    }
    return new Gone(files, bytes);
  }

  private static List<Path> files(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile).toList();
    }
  }

  /** Folders that are empty now. */
  private void prune(Path folder) throws IOException {
    if (dry || !Files.isDirectory(folder)) {
      return;
    }
    List<Path> folders;
    try (Stream<Path> all = Files.list(folder)) {
      folders = all.filter(Files::isDirectory).toList();
    }
    for (Path each : folders) {
      if (files(each).isEmpty()) {
        Files.delete(each);
      }
    }
  }
}
