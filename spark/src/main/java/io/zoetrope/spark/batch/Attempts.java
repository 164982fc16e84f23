package io.zoetrope.spark.batch;

import io.zoetrope.record.Json;
import io.zoetrope.torch.AtomicFiles;
import io.zoetrope.torch.TextFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * What was tried to make one clip, as small files in {@code attempts/KEY}: {@code ID.begun} while
 * it is made, {@code ID.done} with its row when the file is whole. A process that ends in any
 * orderly way takes its {@code begun} along; what is left is a process that died.
 */
final class Attempts {
  private static final String BEGUN = ".begun";
  private static final String DONE = ".done";
  private static final Set<Path> OPEN = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(() -> OPEN.forEach(Attempts::delete)));
  }

  private final Path root;
  private final Path folder;

  Attempts(Path root, String key) {
    this.root = root;
    folder = of(root).resolve(key);
  }

  /** Where those of all clips lie. */
  static Path of(Path root) {
    return root.resolve("attempts");
  }

  /** The row of an attempt that came to its end and was not seen, if its file is there. */
  Optional<Entry> finished() throws IOException {
    for (Path note : notes(DONE)) {
      Entry entry = Json.MAPPER.readValue(TextFiles.read(note), Entry.class);
      Path file = root.resolve(entry.path());
      if (Files.isRegularFile(file) && Files.size(file) == entry.bytes()) {
        return Optional.of(entry);
      }
    }
    return Optional.empty();
  }

  /** How many processes died of it, or with it. */
  int died() throws IOException {
    return notes(BEGUN).size();
  }

  private List<Path> notes(String ending) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.toString().endsWith(ending))
          .sorted(Comparator.comparing(Path::toString))
          .toList();
    }
  }

  /** An attempt begins. */
  Mark begin(String id) throws IOException {
    Files.createDirectories(folder);
    Path file = folder.resolve(id + BEGUN);
    OPEN.add(file);
    Files.writeString(file, String.valueOf(ProcessHandle.current().pid()));
    return new Mark(file);
  }

  /** Its file is whole. */
  void done(Entry entry) throws IOException {
    AtomicFiles.text(folder.resolve(entry.attempt() + DONE), Json.MAPPER.writeValueAsString(entry));
  }

  /** That an attempt is on its way. */
  record Mark(Path file) {
    /** It is no more, in an orderly way. */
    void end() {
      delete(file);
      OPEN.remove(file);
    }

    /** It failed as a process that died. */
    void stay() {
      OPEN.remove(file);
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      // It then counts as one that died, which costs a further try at most.
    }
  }
}
