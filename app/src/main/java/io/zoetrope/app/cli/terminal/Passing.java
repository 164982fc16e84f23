package io.zoetrope.app.cli.terminal;

import io.zoetrope.torch.AtomicFiles;
import io.zoetrope.torch.Fault;
import io.zoetrope.torch.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Folders of files that come from a pipe or go into one; they end with the process. */
public final class Passing {
  private static final Set<Path> OPEN = ConcurrentHashMap.newKeySet();

  static {
    // Ctrl-C ends the process without closing anything.
    Runtime.getRuntime().addShutdownHook(new Thread(() -> OPEN.forEach(Passing::delete)));
  }

  private Passing() {}

  /** A new one. */
  public static Path folder() {
    try {
      Path folder = Files.createTempDirectory("zoetrope-");
      OPEN.add(folder);
      return folder;
    } catch (IOException e) {
      throw new UserError(Fault.NO_ACCESS, "cannot make a temporary folder: " + e.getMessage(), e);
    }
  }

  /** Deletes one before that. */
  public static void delete(@Nullable Path folder) {
    if (folder != null && OPEN.remove(folder)) {
      try {
        AtomicFiles.deleteTree(folder);
      } catch (IOException e) {
        // The system clears its temporary files.
      }
    }
  }
}
