package io.zoetrope.jobs.queue;

import io.zoetrope.jobs.Input;
import io.zoetrope.jobs.Jobs;
import io.zoetrope.jobs.JobsException;
import io.zoetrope.jobs.JobsException.Kind;
import io.zoetrope.jobs.Store;
import io.zoetrope.jobs.store.Database;
import io.zoetrope.torch.AtomicFiles;
import io.zoetrope.torch.FileDigest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Takes bytes from strangers: written apart, looked at, forced to disk, then named by their hash
 * and written down. Nobody is told of them before all of that is done.
 */
final class Uploads {
  private static final int BUFFER = 1 << 16;

  private final Database database;
  private final Sources sources;
  private final Store store;
  private final String prefix;
  private final AtomicLong counter = new AtomicLong();

  /**
   * With a folder of its own for what is on its way.
   *
   * @param name of this process
   */
  Uploads(Database database, Sources sources, Store store, String name) {
    this.database = database;
    this.sources = sources;
    this.store = store;
    this.prefix = AtomicFiles.PREFIX + name + "-";
  }

  Input take(InputStream bytes, long most, Jobs.Look look) {
    Path part = folder().resolve(prefix + counter.incrementAndGet());
    try {
      Taken taken = write(bytes, most, part);
      Input seen = look.at(part, taken.sha256(), taken.bytes());
      Instant now = database.now();
      Input input =
          new Input(
              taken.sha256(),
              taken.bytes(),
              seen.kind(),
              seen.width(),
              seen.height(),
              seen.frames(),
              seen.fps(),
              now);
      sources.keep(input, () -> place(part, taken.sha256()));
      return input;
    } catch (IOException e) {
      throw new JobsException(
          Kind.NO_SPACE, "the upload could not be kept: %s".formatted(e.getMessage()), e);
    } finally {
      discard(part);
    }
  }

  /** What earlier processes of this name left half done. */
  void sweep() throws IOException {
    if (!Files.isDirectory(folder())) {
      return;
    }
    try (java.util.stream.Stream<Path> entries = Files.list(folder())) {
      for (Path entry : (Iterable<Path>) entries::iterator) {
        if (String.valueOf(entry.getFileName()).startsWith(prefix)) {
          Files.delete(entry);
        }
      }
    }
  }

  private record Taken(String sha256, long bytes) {}

  private Taken write(InputStream bytes, long most, Path part) throws IOException {
    Files.createDirectories(folder());
    MessageDigest digest = FileDigest.sha256();
    long count = 0;
    try (FileChannel out =
        FileChannel.open(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      byte[] buffer = new byte[BUFFER];
      for (int read = read(bytes, buffer); read >= 0; read = read(bytes, buffer)) {
        count += read;
        if (count > most) {
          throw new JobsException(
              Kind.TOO_LARGE, "an upload may have %s bytes, and this one has more".formatted(most));
        }
        digest.update(buffer, 0, read);
        ByteBuffer rest = ByteBuffer.wrap(buffer, 0, read);
        while (rest.hasRemaining()) {
          int unused = out.write(rest);
        }
      }
      out.force(true);
    }
    return new Taken(FileDigest.text(digest), count);
  }

  private static int read(InputStream bytes, byte[] buffer) {
    try {
      return bytes.read(buffer);
    } catch (IOException e) {
      throw new JobsException(Kind.INVALID, "the upload broke off: send it again", e);
    }
  }

  private void place(Path part, String sha256) throws IOException {
    Path target = store.input(sha256);
    Path shelf = target.resolveSibling(".").normalize();
    Files.createDirectories(shelf);
    Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
    force(shelf);
    force(folder());
  }

  private static void force(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (java.nio.file.AccessDeniedException e) {
      // Windows opens no folders, and needs it less.
      return;
    }
  }

  private static void discard(Path part) {
    try {
      boolean unused = Files.deleteIfExists(part);
    } catch (IOException e) {
      org.slf4j.LoggerFactory.getLogger(Uploads.class)
          .warn("{} stays until the next start: {}", part, e.getMessage());
    }
  }

  private Path folder() {
    return store.folder().resolve("inputs");
  }
}
