package io.zoetrope.checkpoint.hub;

import io.zoetrope.torch.AtomicFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.Optional;

/**
 * One model's folder in the cache, for writing.
 *
 * @param cache the folder of all models
 * @param name of this one, {@code models--ORG--NAME}
 * @param links whether symbolic links may be tried
 */
record CachedRepo(Path cache, String name, boolean links) {
  // The form that huggingface_hub gives to unfinished files, ETAG.EIGHT-LETTERS.incomplete, so that
  // its tools clean up behind us. Ours is the same in every run: that is how a download goes on.
  private static final String INCOMPLETE = ".zoetrope.incomplete";

  private static final String TAG = "Signature: 8a477f597d28d172789f06886806bc55";

  Path folder() {
    return cache.resolve(name);
  }

  Path snapshot(String commit) {
    return folder().resolve("snapshots").resolve(commit);
  }

  /** Where a file of a commit is seen. */
  Path pointer(String commit, String path) {
    return snapshot(commit).resolve(path);
  }

  Path blob(String etag) {
    return folder().resolve("blobs").resolve(etag);
  }

  /** Where a blob grows. */
  Path incomplete(String etag) {
    return folder().resolve("blobs").resolve(etag + INCOMPLETE);
  }

  /** Makes the folders that blobs, locks and the like go into. */
  void create() throws IOException {
    Files.createDirectories(folder().resolve("blobs"));
    Files.createDirectories(locks());
    Path tag = cache.resolve("CACHEDIR.TAG");
    if (!Files.exists(tag)) {
      // Tells backup programs that all of this can be had again (https://bford.info/cachedir/).
      AtomicFiles.text(tag, TAG + "\n# Models of the Hugging Face hub, as downloaded.\n");
    }
  }

  private Path locks() {
    return cache.resolve(".locks").resolve(name);
  }

  /** Keeps other processes from a blob for as long as it is open. */
  record Lock(FileChannel channel) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      channel.close();
    }
  }

  /** Locks a blob, or says that somebody else has it. Never waits. */
  Optional<Lock> tryLock(String etag) throws IOException {
    FileChannel channel =
        FileChannel.open(
            locks().resolve(etag + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return Optional.of(new Lock(channel));
      }
    } catch (OverlappingFileLockException e) {
      // Another thread of this process has it.
    } catch (IOException e) {
      // Some network disks have no locks: two processes then spoil each other's unfinished file,
      // which its hash tells.
      return Optional.of(new Lock(channel));
    }
    channel.close();
    return Optional.empty();
  }

  /**
   * Makes a file of a commit visible: as a relative link, so that the cache can be moved; else as a
   * hard link; else as a copy.
   */
  void point(String commit, String path, String etag) throws IOException {
    Path pointer = pointer(commit, path);
    Path blob = blob(etag);
    if (Files.exists(pointer) && Files.isSameFile(pointer, blob)) {
      return;
    }
    Path parent = Objects.requireNonNull(pointer.getParent());
    Files.createDirectories(parent);
    if (Files.exists(pointer, LinkOption.NOFOLLOW_LINKS)) {
      Files.delete(pointer);
    }
    if (links) {
      try {
        Files.createSymbolicLink(pointer, parent.relativize(blob));
        return;
      } catch (FileAlreadyExistsException e) {
        // Another process was faster; what it made points to the same content.
        return;
      } catch (UnsupportedOperationException | IOException e) {
        // Windows allows links only to some; some disks to nobody.
      }
    }
    try {
      Files.createLink(pointer, blob);
    } catch (UnsupportedOperationException | IOException e) {
      AtomicFiles.file(pointer, temporary -> Files.copy(blob, temporary));
    }
  }

  /** Notes at which commit a branch or tag is. */
  void ref(String revision, String commit) throws IOException {
    if (revision.equals(commit)) {
      return;
    }
    Path ref = folder().resolve("refs").resolve(revision);
    if (Files.isRegularFile(ref) && Files.readString(ref).equals(commit)) {
      return;
    }
    Files.createDirectories(Objects.requireNonNull(ref.getParent()));
    // Without a newline: other tools take the whole text.
    AtomicFiles.file(
        ref, temporary -> Files.write(temporary, commit.getBytes(StandardCharsets.US_ASCII)));
  }

  /** Takes a finished and checked file into the blobs. */
  void admit(Path incomplete, String etag) throws IOException {
    Files.move(
        incomplete,
        blob(etag),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }
}
