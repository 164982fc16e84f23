package io.zoetrope.train;

import io.zoetrope.error.Fault;
import io.zoetrope.error.Mend;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.AtomicFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where a run keeps its things:
 *
 * <pre>
 * recipe.yaml
 * metrics.jsonl
 * samples/step-000500/...
 * checkpoints/step-000500/{model,ema,optimizer}.safetensors, state.json
 * </pre>
 *
 * A checkpoint folder appears whole or not at all. One process at a time may hold a run folder.
 */
public final class RunFolder implements AutoCloseable {
  private static final Pattern STEP = Pattern.compile("step-(\\d{1,18})");

  private final Path root;
  private final Optional<FileChannel> lockFile;

  private RunFolder(Path root, Optional<FileChannel> lockFile) {
    this.root = root;
    this.lockFile = lockFile;
  }

  /**
   * A run folder that another worker of the same run holds and writes: here it is read.
   *
   * @throws UserError if there is none
   */
  public static RunFolder follow(Path root) {
    if (!Files.isRegularFile(root.resolve("recipe.yaml"))) {
      throw new UserError(
          Fault.NOT_FOUND,
          "a worker does not see " + root.toAbsolutePath(),
          "let runs lie where all workers see them, under one path");
    }
    return new RunFolder(root, Optional.empty());
  }

  /** Whether it is ours to write into. */
  public boolean writes() {
    return lockFile.isPresent();
  }

  /**
   * Makes a run folder, or takes up an old one.
   *
   * @param recipe the text of the recipe, kept as {@code recipe.yaml}
   * @param resume whether checkpoints that are there are to be continued; if there are none, the
   *     run starts from the beginning
   * @throws UserError if there are checkpoints and {@code resume} is false, if another process
   *     trains here, or if the folder cannot be written
   */
  public static RunFolder open(Path root, String recipe, boolean resume) {
    try {
      Files.createDirectories(root.resolve("checkpoints"));
      Files.createDirectories(root.resolve("samples"));
      RunFolder run = new RunFolder(root, Optional.of(lock(root)));
      try {
        AtomicFiles.sweep(root);
        AtomicFiles.sweep(root.resolve("checkpoints"));
        if (!resume && run.newestCheckpoint().isPresent()) {
          throw new UserError(
              Fault.OCCUPIED,
              root + " has checkpoints already",
              Mend.NONE.and(Mend.Knob.RESUMING).and(" continues it, another name starts afresh"));
        }
        AtomicFiles.text(root.resolve("recipe.yaml"), recipe);
        return run;
      } catch (RuntimeException e) {
        run.close();
        throw e;
      }
    } catch (IOException e) {
      throw AtomicFiles.cannot("write", root, e);
    }
  }

  private static FileChannel lock(Path root) throws IOException {
    FileChannel channel =
        FileChannel.open(
            root.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      @Nullable FileLock lock = channel.tryLock();
      if (lock != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      // Held within this process.
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
    channel.close();
    throw new UserError(
        Fault.OCCUPIED,
        root + " is in use by another training process",
        "wait, or take another name");
  }

  public Path root() {
    return root;
  }

  public MetricsLog metrics() {
    return new MetricsLog(root.resolve("metrics.jsonl"));
  }

  /** The folder for samples of a step; it may not exist yet. */
  public Path samples(long step) {
    return root.resolve("samples").resolve(stepName(step));
  }

  /** Complete checkpoints, oldest first. */
  public List<Path> checkpoints() {
    return checkpoints(root);
  }

  /** The complete checkpoints of a run folder that somebody else may hold, oldest first. */
  public static List<Path> checkpoints(Path root) {
    Path folder = root.resolve("checkpoints");
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .filter(p -> step(p).isPresent() && Files.isRegularFile(p.resolve("state.json")))
          .sorted(Comparator.comparing(p -> step(p).orElseThrow()))
          .toList();
    } catch (IOException e) {
      throw AtomicFiles.cannot("read", folder, e);
    }
  }

  public Optional<Path> newestCheckpoint() {
    List<Path> all = checkpoints();
    return all.isEmpty() ? Optional.empty() : Optional.of(all.getLast());
  }

  /** Where the checkpoint after so many steps belongs. */
  Path checkpoint(long step) {
    return root.resolve("checkpoints").resolve(stepName(step));
  }

  /** Deletes all but the newest checkpoints. */
  void prune(int keep) {
    List<Path> all = checkpoints();
    for (Path old : all.subList(0, Math.max(0, all.size() - keep))) {
      try {
        // Renamed first, so that a death halfway leaves no folder that looks complete.
        Path doomed = old.resolveSibling(AtomicFiles.PREFIX + "old-" + old.getFileName());
        Files.move(old, doomed);
        AtomicFiles.deleteTree(doomed);
      } catch (IOException e) {
        throw AtomicFiles.cannot("delete", old, e);
      }
    }
  }

  private static String stepName(long step) {
    return String.format(Locale.ROOT, "step-%06d", step);
  }

  private static Optional<Long> step(Path checkpoint) {
    Matcher matcher = STEP.matcher(String.valueOf(checkpoint.getFileName()));
    return matcher.matches() ? Optional.of(Long.valueOf(matcher.group(1))) : Optional.empty();
  }

  /** Lets others use the folder. */
  @Override
  public void close() {
    try {
      if (lockFile.isPresent()) {
        lockFile.get().close();
      }
    } catch (IOException e) {
      throw AtomicFiles.cannot("close", root, e);
    }
  }
}
