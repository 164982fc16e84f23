package io.zoetrope.studio;

import io.zoetrope.pipeline.order.SourceRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The pictures and videos of an order, by the names that it has for them. */
final class Given {
  private final Map<String, Media> inMemory = new LinkedHashMap<>();

  /** A name for one; that of a file is its path. */
  SourceRef add(Media media) {
    Optional<Path> file = media.file();
    if (file.isPresent()) {
      return SourceRef.of(file.get());
    }
    String name = "given-" + (inMemory.size() + 1);
    inMemory.put(name, media);
    return new SourceRef(name, Optional.empty());
  }

  boolean isEmpty() {
    return inMemory.isEmpty();
  }

  /**
   * Writes those that are in memory.
   *
   * @return where each is, by its name
   */
  Map<String, Path> in(Path folder) throws IOException {
    Map<String, Path> paths = new LinkedHashMap<>();
    for (Map.Entry<String, Media> one : inMemory.entrySet()) {
      Path own = Files.createDirectory(folder.resolve(one.getKey()));
      paths.put(one.getKey(), one.getValue().in(own));
    }
    return paths;
  }
}
