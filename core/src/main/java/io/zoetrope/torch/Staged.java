package io.zoetrope.torch;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * A file or folder on its way: it is written under a temporary name beside its target, and takes
 * its place by {@link #publish}. Without that it is deleted on close, and also when the process is
 * interrupted. {@link AtomicFiles} is the short form, for what is written in one piece of code.
 */
public final class Staged implements AutoCloseable {
  private static final AtomicLong COUNTER = new AtomicLong();
  private static final Set<Path> OPEN = ConcurrentHashMap.newKeySet();

  static {
    // Ctrl-C ends the process without closing anything.
    Runtime.getRuntime().addShutdownHook(new Thread(() -> OPEN.forEach(Staged::deleteQuietly)));
  }

  private final Path target;
  private final Path path;

  private Staged(Path target) {
    this.target = target;
    this.path = beside(target);
    OPEN.add(path);
  }

  /** Nothing is created yet: the writer decides whether it is a file or a folder. */
  public static Staged of(Path target) {
    return new Staged(target);
  }

  /** Where to write; the name has the ending of the target, for writers that go by it. */
  public Path path() {
    return path;
  }

  /**
   * Forces what was written to disk and moves it to its place. A file takes the place of an older
   * one; a folder needs a place that is free, or an empty folder.
   */
  public void publish() throws IOException {
    forceTree(path);
    Files.move(path, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    OPEN.remove(path);
    force(parent(target));
  }

  /** As {@link #publish}, also in place of an older folder that is not empty, which is deleted. */
  public void publishOver() throws IOException {
    if (!Files.isDirectory(target)) {
      publish();
      return;
    }
    try (Staged old = of(target)) {
      Files.move(target, old.path, StandardCopyOption.ATOMIC_MOVE);
      try {
        publish();
      } catch (IOException e) {
        Files.move(old.path, target, StandardCopyOption.ATOMIC_MOVE);
        throw e;
      }
    }
  }

  @Override
  public void close() {
    if (OPEN.contains(path)) {
      deleteQuietly(path);
      OPEN.remove(path);
    }
  }

  /** Forces a file, or a folder and all in it, to disk, so that it survives a power cut. */
  public static void forceTree(Path root) throws IOException {
    try (Stream<Path> tree = Files.walk(root)) {
      for (Path part : (Iterable<Path>) tree::iterator) {
        force(part);
      }
    }
  }

  /** Forces a file or a folder's entries to disk; systems that cannot open folders are let off. */
  private static void force(Path path) throws IOException {
    boolean folder = Files.isDirectory(path);
    try (FileChannel channel =
        FileChannel.open(path, folder ? StandardOpenOption.READ : StandardOpenOption.WRITE)) {
      channel.force(true);
    } catch (IOException e) {
      if (!folder) {
        throw e;
      }
    }
  }

  private static Path beside(Path target) {
    return parent(target)
        .resolve(
            AtomicFiles.PREFIX
                + ProcessHandle.current().pid()
                + "-"
                + COUNTER.incrementAndGet()
                + "-"
                + target.getFileName());
  }

  static Path parent(Path target) {
    Path parent = target.toAbsolutePath().getParent();
    return parent == null ? target.toAbsolutePath() : parent;
  }

  private static void deleteQuietly(Path path) {
    try {
      AtomicFiles.deleteTree(path);
    } catch (IOException e) {
      // A leftover harms nobody; the failure that led here is the one to report.
    }
  }
}
