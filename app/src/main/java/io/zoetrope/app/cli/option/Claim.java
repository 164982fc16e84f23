package io.zoetrope.app.cli.option;

import io.zoetrope.torch.AtomicFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The name of a file that is not there yet, kept from other processes until it is: several that
 * begin at the same moment make several files. A lock beside it says so, which dies with its
 * process.
 */
final class Claim implements AutoCloseable {
  private final Path path;
  private final Path mark;
  private final @Nullable FileChannel channel;

  private Claim(Path path, Path mark, @Nullable FileChannel channel) {
    this.path = path;
    this.mark = mark;
    this.channel = channel;
  }

  /** The first of many names that is free: number 1, 2, ... */
  static Claim first(IntFunction<Path> names) {
    for (int n = 1; ; n++) {
      Optional<Claim> claim = of(names.apply(n));
      if (claim.isPresent()) {
        return claim.get();
      }
    }
  }

  private static Optional<Claim> of(Path path) {
    if (Files.exists(path)) {
      return Optional.empty();
    }
    Path mark = path.resolveSibling(AtomicFiles.PREFIX + "claim-" + path.getFileName());
    FileChannel channel;
    try {
      channel = FileChannel.open(mark, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    } catch (IOException e) {
      return Optional.of(new Claim(path, mark, null)); // who writes the file will say why not
    }
    // Whoever had the lock before may have put a file there meanwhile.
    if (!locked(channel)) {
      closeQuietly(channel);
      return Optional.empty();
    }
    Claim claim = new Claim(path, mark, channel);
    if (Files.exists(path)) {
      claim.close();
      return Optional.empty();
    }
    return Optional.of(claim);
  }

  private static boolean locked(FileChannel channel) {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false; // another one of this process
    } catch (IOException e) {
      return true; // a file system without locks: as if alone
    }
  }

  Path path() {
    return path;
  }

  @Override
  public void close() {
    if (channel != null) {
      try {
        Files.deleteIfExists(mark);
      } catch (IOException e) {
        // A mark without a lock keeps nobody away.
      }
      closeQuietly(channel);
    }
  }

  private static void closeQuietly(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // The lock goes with the process.
    }
  }
}
