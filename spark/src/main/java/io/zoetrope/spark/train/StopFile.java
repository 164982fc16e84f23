package io.zoetrope.spark.train;

import io.zoetrope.torch.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file {@code stop} in a run's folder: its workers save and end when they see it. */
record StopFile(Path path) {
  static StopFile of(Order order) {
    return new StopFile(Path.of(order.runs()).resolve(order.recipe().name()).resolve("stop"));
  }

  boolean there() {
    return Files.exists(path);
  }

  void put() {
    AtomicFiles.text(path, "");
  }

  void remove() {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw AtomicFiles.cannot("delete", path, e);
    }
  }
}
