package io.zoetrope.spark.batch;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.AtomicFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * One driver at a time may write to a folder. The lock ends with its process, however that ends.
 */
final class RunLock implements AutoCloseable {
  private final FileChannel channel;

  private RunLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Takes it.
   *
   * @throws UserError if another has it
   */
  static RunLock of(Path root) {
    try {
      Files.createDirectories(root);
      FileChannel channel =
          FileChannel.open(
              root.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (taken(channel) == null) {
        channel.close();
        throw new UserError(
            Fault.NO_ACCESS, "another 'zoetrope spark' works on '%s': wait for it".formatted(root));
      }
      return new RunLock(channel);
    } catch (IOException e) {
      throw AtomicFiles.cannot("write", root, e);
    }
  }

  private static @Nullable FileLock taken(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
