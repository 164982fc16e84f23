package io.zoetrope.app.cli.terminal;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Files that come from a pipe or go into one, each in a temporary folder of its own; they end with
 * the process. What somebody else puts beside them stays.
 */
public final class Passing {
  private static final Set<Path> OPEN = ConcurrentHashMap.newKeySet();

  static {
    // Ctrl-C ends the process without closing anything.
    Runtime.getRuntime().addShutdownHook(new Thread(() -> OPEN.forEach(Passing::delete)));
  }

  private Passing() {}

  /** The place of a new one. */
  public static Path file(String name) {
    try {
      Path file = Files.createTempDirectory("zoetrope-").resolve(name);
      OPEN.add(file);
      return file;
    } catch (IOException e) {
      throw new UserError(Fault.NO_ACCESS, "cannot make a temporary folder: " + e.getMessage(), e);
    }
  }

  /** Deletes one before that. */
  public static void delete(Path file) {
    Path folder = file.getParent();
    if (folder == null || !OPEN.remove(file)) {
      return;
    }
    try (Stream<Path> entries = Files.list(folder)) {
      List<Path> all = entries.toList();
      for (Path entry : all) {
        if (entry.equals(file) || entry.getFileName().toString().startsWith(AtomicFiles.PREFIX)) {
          Files.deleteIfExists(entry);
        }
      }
      Files.delete(folder);
    } catch (IOException e) {
      // There is more in it, or the system clears its temporary files.
    }
  }
}
