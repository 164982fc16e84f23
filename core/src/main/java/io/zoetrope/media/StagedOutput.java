package io.zoetrope.media;

import io.zoetrope.media.WriteOptions.Durability;
import io.zoetrope.torch.UserError;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A file or folder that appears whole or not at all: it is written under a hidden name beside its
 * target, flushed to the disk, then moved. Without {@link #publish()} it is deleted on close, and
 * also when the process is interrupted.
 */
final class StagedOutput implements AutoCloseable {
  private static final Pattern NUMBERED = Pattern.compile("\\d{5,}\\.png");
  private static final Set<Path> OPEN = ConcurrentHashMap.newKeySet();

  static {
    // Ctrl-C ends the process without closing anything.
    Runtime.getRuntime().addShutdownHook(new Thread(() -> OPEN.forEach(StagedOutput::delete)));
  }

  private final Path target;
  private final Path path;
  private boolean done;

  /** Equal paths: the output grows in place, and stays whatever happens. */
  private StagedOutput(Path target, Path path) {
    this.target = target;
    this.path = path;
    if (!inPlace()) {
      OPEN.add(path);
    }
  }

  /** Stages one file; fails at once if it could not be written in the end. */
  static StagedOutput file(Path target) {
    return file(target, Durability.WHOLE);
  }

  static StagedOutput file(Path target, Durability durability) {
    Path real = resolve(target);
    if (Files.isDirectory(real)) {
      throw new UserError("'" + target + "' is a folder: name a file in it");
    }
    Path path = durability == Durability.WHOLE ? hidden(real) : real;
    try {
      Files.write(path, new byte[0]);
    } catch (IOException e) {
      throw cannotWrite(target, e);
    }
    return new StagedOutput(real, path);
  }

  /** Stages a folder of numbered pictures; an older one of the same kind is replaced. */
  static StagedOutput folder(Path target, Durability durability) {
    Path real = resolve(target);
    checkFolder(target, real);
    Path path = durability == Durability.WHOLE ? hidden(real) : real;
    try {
      Files.createDirectories(path);
    } catch (IOException e) {
      throw cannotWrite(target, e);
    }
    return new StagedOutput(real, path);
  }

  /** Refuses to touch a folder in which something other than numbered pictures lies. */
  private static void checkFolder(Path target, Path real) {
    if (Files.exists(real) && !Files.isDirectory(real)) {
      throw new UserError("'" + target + "' is a file: name a new or empty folder");
    }
    if (Files.isDirectory(real)) {
      try (Stream<Path> inside = Files.list(real)) {
        if (!inside.allMatch(p -> NUMBERED.matcher(p.getFileName().toString()).matches())) {
          throw new UserError(
              "folder '" + target + "' holds other files: name a new or empty folder");
        }
      } catch (IOException e) {
        throw cannotWrite(target, e);
      }
    }
  }

  /** Where to write until the move. */
  Path path() {
    return path;
  }

  /** Whether a reader sees the output while it is being written. */
  boolean inPlace() {
    return path.equals(target);
  }

  void fill(byte[] bytes) {
    try {
      Files.write(path, bytes);
    } catch (IOException e) {
      throw cannotWrite(target, e);
    }
  }

  /** Flushes what was written and moves it to its place. */
  void publish() {
    Path old = hidden(target);
    try {
      if (Files.isDirectory(path)) {
        for (Path p : list(path)) {
          sync(p);
        }
        if (!inPlace() && Files.exists(target)) {
          OPEN.add(old);
          Files.move(target, old, StandardCopyOption.ATOMIC_MOVE);
        }
      } else {
        sync(path);
      }
      try {
        if (!inPlace()) {
          Files.move(path, target, StandardCopyOption.ATOMIC_MOVE);
        }
      } catch (IOException e) {
        if (Files.exists(old)) {
          Files.move(old, target, StandardCopyOption.ATOMIC_MOVE);
        }
        throw e;
      }
      done = true;
      OPEN.remove(path);
      syncFolder(target);
    } catch (IOException e) {
      throw cannotWrite(target, e);
    } finally {
      delete(old);
      OPEN.remove(old);
    }
  }

  @Override
  public void close() {
    if (!done) {
      done = true;
      if (!inPlace()) {
        delete(path);
        OPEN.remove(path);
      }
    }
  }

  /** The real place behind symbolic links, with a parent folder that exists. */
  private static Path resolve(Path target) {
    try {
      Path absolute = target.toAbsolutePath().normalize();
      if (Files.isSymbolicLink(absolute) && Files.exists(absolute)) {
        return absolute.toRealPath();
      }
      Path parent = absolute.getParent();
      if (parent != null && !Files.isDirectory(parent)) {
        throw new UserError(
            Files.exists(parent)
                ? "cannot write '%s': '%s' is not a folder".formatted(target, parent)
                : "cannot write '%s': there is no folder '%s', create it first"
                    .formatted(target, parent));
      }
      return absolute;
    } catch (IOException e) {
      throw cannotWrite(target, e);
    }
  }

  static UserError cannotWrite(Path target, IOException e) {
    String reason = e.getMessage() == null ? e.toString() : e.getMessage();
    if (e instanceof AccessDeniedException) {
      reason = "no permission, choose another folder";
    } else if (e instanceof FileSystemException f && f.getReason() != null) {
      reason = f.getReason();
    }
    return new UserError("cannot write '" + target + "': " + reason, e);
  }

  /** Makes the contents of a file survive a power cut. */
  private static void sync(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }

  private static void syncFolder(Path file) {
    Path parent = file.getParent();
    if (parent == null) {
      return;
    }
    try (FileChannel channel = FileChannel.open(parent, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      // Windows cannot open folders; the move itself has succeeded.
    }
  }

  private static Path hidden(Path target) {
    String unique = UUID.randomUUID().toString().substring(0, 8);
    return target.resolveSibling("." + target.getFileName() + "." + unique + ".part");
  }

  private static List<Path> list(Path folder) throws IOException {
    try (Stream<Path> inside = Files.list(folder)) {
      return inside.sorted().toList();
    }
  }

  private static void delete(Path path) {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (Stream<Path> walk = Files.walk(path)) {
      for (Path p : walk.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(p);
      }
    } catch (IOException e) {
      // A hidden leftover harms nobody; the error that led here matters more.
    }
  }
}
