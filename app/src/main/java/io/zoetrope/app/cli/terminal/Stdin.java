package io.zoetrope.app.cli.terminal;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What comes through a pipe, as a file: videos are not read from front to back alone. */
public final class Stdin {
  private final InputStream in;
  private Optional<Taken> taken = Optional.empty();

  private record Taken(String by, Path file) {}

  public Stdin(InputStream in) {
    this.in = in;
  }

  /** One in which there is nothing. */
  public static Stdin empty() {
    return new Stdin(InputStream.nullInputStream());
  }

  /**
   * Reads it to its end, once.
   *
   * @param by who wants it: a parameter's name
   * @return where it lies now; empty if another parameter took it
   * @throws UserError if nothing comes
   */
  public synchronized Optional<Path> file(String by) {
    if (taken.isEmpty()) {
      taken = Optional.of(new Taken(by, read()));
    }
    return taken.filter(t -> t.by.equals(by)).map(Taken::file);
  }

  /** The next line that somebody types; empty at the end. */
  public synchronized Optional<String> line() {
    StringBuilder line = new StringBuilder();
    try {
      int b = in.read();
      if (b < 0) {
        return Optional.empty();
      }
      for (; b >= 0 && b != '\n'; b = in.read()) {
        line.append((char) b);
      }
    } catch (IOException e) {
      return Optional.empty();
    }
    return Optional.of(line.toString());
  }

  private Path read() {
    Path file = Passing.file("stdin");
    try {
      if (Files.copy(in, file) == 0) {
        throw new UserError(Fault.INVALID, "nothing came through the pipe");
      }
    } catch (IOException e) {
      throw new UserError(Fault.NO_ACCESS, "cannot read the pipe: " + e.getMessage(), e);
    }
    return file;
  }
}
