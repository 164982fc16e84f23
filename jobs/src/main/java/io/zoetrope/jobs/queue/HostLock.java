package io.zoetrope.jobs.queue;

import io.zoetrope.jobs.JobsException;
import io.zoetrope.jobs.JobsException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A lock on the store under the name of a process. The system frees it when that process ends,
 * however it does: whoever gets it knows that all earlier ones of this name are dead.
 */
final class HostLock implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HostLock.class);

  /** A place that nobody reads: where locks are strict, what is before it can be read. */
  private static final long BEYOND = 1 << 20;

  private final Path file;
  private final FileChannel channel;

  private HostLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Takes it.
   *
   * @throws JobsException INVALID, if a process of this name lives
   */
  static HostLock take(Path store, String name) {
    Path folder = store.resolve("hosts");
    try {
      Files.createDirectories(folder);
      HostLock lock = open(folder.resolve(name + ".lock"));
      while (lock.locked()) {
        if (lock.stands()) {
          return lock;
        }
        lock.channel.close();
        lock = open(lock.file);
      }
      lock.channel.close();
    } catch (IOException e) {
      throw new JobsException(
          Kind.INVALID, "the store %s cannot be written: %s".formatted(store, e.getMessage()), e);
    }
    throw new JobsException(
        Kind.INVALID,
        "another process is at work in %s as '%s': stop it, or give this one another name"
            .formatted(store, name));
  }

  /** Frees it, and takes its file away. */
  @Override
  public void close() {
    try (channel) {
      boolean unused = Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.debug("{} stays, which does no harm: {}", file, e.getMessage());
    }
  }

  private static HostLock open(Path file) throws IOException {
    return new HostLock(
        file, FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE));
  }

  private boolean locked() throws IOException {
    try {
      FileLock lock = channel.tryLock(BEYOND, 1, false);
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  /** Whether the file was not taken away between its opening and its lock. */
  private boolean stands() throws IOException {
    String mark = UUID.randomUUID().toString();
    int unused = channel.truncate(0).write(ByteBuffer.wrap(mark.getBytes(StandardCharsets.UTF_8)));
    return Files.exists(file) && Files.readString(file).equals(mark);
  }
}
