package io.zoetrope.torch;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.stream.Stream;

/**
 * Files and folders that appear whole or not at all: written under a temporary name beside the
 * target, forced to disk, then renamed ({@link Staged}). A process that dies leaves only a {@value
 * #PREFIX} entry, which {@link #sweep} removes.
 */
public final class AtomicFiles {
  /** What the names of unfinished files and folders begin with. */
  public static final String PREFIX = ".partial-";

  private AtomicFiles() {}

  /** Fills a file or folder under its temporary name. */
  @FunctionalInterface
  public interface Writer {
    void write(Path temporary) throws IOException;
  }

  /**
   * Writes a file, in place of an older one if there is one. The temporary name has the ending of
   * the target, for writers that choose their format by it.
   *
   * @throws UserError if it cannot be written, e.g. for want of permission or space
   */
  public static void file(Path target, Writer writer) {
    try (Staged staged = Staged.of(target)) {
      writer.write(staged.path());
      staged.publish();
    } catch (IOException e) {
      throw cannot("write", target, e);
    }
  }

  /** As {@link #file}, for text in UTF-8. */
  public static void text(Path target, String text) {
    file(target, temporary -> Files.write(temporary, text.getBytes(StandardCharsets.UTF_8)));
  }

  /**
   * Writes a folder: the writer finds it empty under its temporary name.
   *
   * @throws UserError if it cannot be written, or if the target exists and is not an empty folder
   */
  public static void folder(Path target, Writer writer) {
    try (Staged staged = Staged.of(target)) {
      Files.createDirectories(Staged.parent(target));
      Files.createDirectory(staged.path());
      writer.write(staged.path());
      staged.publish();
    } catch (IOException e) {
      throw cannot("write", target, e);
    }
  }

  /** Deletes what unfinished writers left in a folder. Only for a folder that has one writer. */
  public static void sweep(Path folder) {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (Stream<Path> entries = Files.list(folder)) {
      List<Path> partial =
          entries.filter(p -> String.valueOf(p.getFileName()).startsWith(PREFIX)).toList();
      for (Path path : partial) {
        deleteTree(path);
      }
    } catch (IOException e) {
      throw cannot("clean up", folder, e);
    }
  }

  /**
   * Copies the files of a folder into another, each whole or not at all; folders within it are
   * left.
   *
   * @throws UserError if one cannot be read or written
   */
  public static void copyFiles(Path from, Path to) {
    try (Stream<Path> files = Files.list(from)) {
      Files.createDirectories(to);
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        file(
            to.resolve(file.getFileName()),
            part -> Files.copy(file, part, StandardCopyOption.REPLACE_EXISTING));
      }
    } catch (IOException e) {
      throw cannot("copy", from, e);
    }
  }

  /** Deletes a file, or a folder and all below it; nothing happens if it does not exist. */
  public static void deleteTree(Path root) throws IOException {
    if (!Files.exists(root, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes a) throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(
              Path dir, @org.jspecify.annotations.Nullable IOException e) throws IOException {
            if (e != null) {
              throw e;
            }
            Files.delete(dir);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /** The one line that tells a person why a file could not be read or written. */
  public static UserError cannot(String verb, Path path, IOException e) {
    String why =
        switch (e) {
          case NoSuchFileException x -> "no such file or folder: " + x.getFile();
          case AccessDeniedException x -> "permission denied: " + x.getFile();
          case FileAlreadyExistsException x -> "it exists already: " + x.getFile();
          case NotDirectoryException x -> "not a folder: " + x.getFile();
          case FileSystemException x when x.getReason() != null -> x.getReason();
          default -> {
            String message = e.getMessage();
            yield message == null ? e.getClass().getSimpleName() : message;
          }
        };
    return new UserError(
        Fault.NO_ACCESS,
        "cannot %s %s: %s".formatted(verb, path, why.lines().findFirst().orElse("")),
        e);
  }
}
