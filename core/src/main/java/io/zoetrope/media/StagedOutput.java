package io.zoetrope.media;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.media.WriteOptions.Durability;
import io.zoetrope.torch.AtomicFiles;
import io.zoetrope.torch.Staged;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Where a video goes: a file, or a folder of numbered pictures. It appears whole or not at all
 * ({@link Staged}), unless it is to grow in place. Symbolic links are followed, and what could not
 * be written in the end fails at once.
 */
final class StagedOutput implements AutoCloseable {
  private static final Pattern NUMBERED = Pattern.compile("\\d{5,}\\.(png|jpg)");

  private final Path target;

  /** Empty: the output grows in place, and stays whatever happens. */
  private final Optional<Staged> staged;

  private StagedOutput(Path target, Durability durability) {
    this.target = target;
    staged = durability == Durability.WHOLE ? Optional.of(Staged.of(target)) : Optional.empty();
  }

  /** Stages one file; fails at once if it could not be written in the end. */
  static StagedOutput file(Path target) {
    return file(target, Durability.WHOLE);
  }

  static StagedOutput file(Path target, Durability durability) {
    Path real = resolve(target);
    if (Files.isDirectory(real)) {
      throw new UserError(Fault.INVALID, "'" + target + "' is a folder", "name a file in it");
    }
    StagedOutput output = new StagedOutput(real, durability);
    output.fill(new byte[0]);
    return output;
  }

  /** Stages a folder of numbered pictures; an older one of the same kind is replaced. */
  static StagedOutput folder(Path target, Durability durability) {
    Path real = resolve(target);
    checkFolder(target, real);
    StagedOutput output = new StagedOutput(real, durability);
    try {
      Files.createDirectories(output.path());
    } catch (IOException e) {
      output.close();
      throw cannotWrite(target, e);
    }
    return output;
  }

  /** Refuses to touch a folder in which something other than numbered pictures lies. */
  private static void checkFolder(Path target, Path real) {
    if (Files.exists(real) && !Files.isDirectory(real)) {
      throw new UserError(
          Fault.OCCUPIED, "'" + target + "' is a file", "name a new or empty folder");
    }
    if (Files.isDirectory(real)) {
      try (Stream<Path> inside = Files.list(real)) {
        if (!inside.allMatch(p -> NUMBERED.matcher(p.getFileName().toString()).matches())) {
          throw new UserError(
              Fault.OCCUPIED,
              "folder '" + target + "' holds other files",
              "name a new or empty folder");
        }
      } catch (IOException e) {
        throw cannotWrite(target, e);
      }
    }
  }

  /** Where to write until the move. */
  Path path() {
    return staged.map(Staged::path).orElse(target);
  }

  /** Whether a reader sees the output while it is being written. */
  boolean inPlace() {
    return staged.isEmpty();
  }

  void fill(byte[] bytes) {
    try {
      Files.write(path(), bytes);
    } catch (IOException e) {
      close();
      throw cannotWrite(target, e);
    }
  }

  /** Flushes what was written and moves it to its place. */
  void publish() {
    try {
      if (staged.isPresent()) {
        staged.get().publishOver();
      } else {
        Staged.forceTree(target);
      }
    } catch (IOException e) {
      throw cannotWrite(target, e);
    }
  }

  @Override
  public void close() {
    staged.ifPresent(Staged::close);
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
        throw Files.exists(parent)
            ? new UserError(
                Fault.INVALID, "cannot write '%s': '%s' is not a folder".formatted(target, parent))
            : new UserError(
                Fault.NOT_FOUND,
                "cannot write '%s': there is no folder '%s'".formatted(target, parent),
                "create it first");
      }
      return absolute;
    } catch (IOException e) {
      throw cannotWrite(target, e);
    }
  }

  static UserError cannotWrite(Path target, IOException e) {
    return AtomicFiles.cannot("write", target, e);
  }
}
