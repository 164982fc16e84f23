package io.zoetrope.jobs.queue;

import io.zoetrope.jobs.JobsException;
import io.zoetrope.jobs.JobsException.Kind;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A lock on the store under the name of a process. The system frees it when that process ends,
 * however it does: whoever gets it knows that all earlier ones of this name are dead.
 */
final class HostLock implements AutoCloseable {
  private final FileChannel channel;

  private HostLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Takes it.
   *
   * @throws JobsException INVALID, if a process of this name lives
   */
  static HostLock take(Path store, String name) {
    Path file = store.resolve("hosts").resolve(name + ".lock");
    try {
      Files.createDirectories(file.getParent());
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (!locked(channel)) {
        channel.close();
        throw new JobsException(
            Kind.INVALID,
            "another process is at work in %s as '%s': stop it, or give this one another name"
                .formatted(store, name));
      }
      return new HostLock(channel);
    } catch (IOException e) {
      throw new JobsException(
          Kind.INVALID, "the store %s cannot be written: %s".formatted(store, e.getMessage()), e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static boolean locked(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }
}
