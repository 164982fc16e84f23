package io.zoetrope.curation.table;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.record.Json;
import io.zoetrope.torch.AtomicFiles;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.core.JacksonException;

/**
 * A table in a file of JSON Lines that only grows: a row is there as soon as {@link #add} returns,
 * and of two rows of one key the later counts. A line that was not finished is cut off when the
 * table is opened again. Any number of threads may add.
 *
 * @param <R> a record
 */
public final class Table<R extends Record> implements AutoCloseable {
  private final Path file;
  private final Function<R, String> key;
  private final Map<String, R> rows = new LinkedHashMap<>();
  private Optional<Writer> writer = Optional.empty();

  private Table(Path file, Function<R, String> key) {
    this.file = file;
    this.key = key;
  }

  /**
   * Opens a table, which need not be there yet.
   *
   * @throws UserError if it is there and is none
   */
  public static <R extends Record> Table<R> open(
      Path file, Class<R> type, Function<R, String> key) {
    Table<R> table = new Table<>(file, key);
    if (Files.exists(file)) {
      try {
        cutOff(file);
        try (var lines = Files.lines(file)) {
          lines.forEach(line -> {
            R row = Json.MAPPER.readValue(line, type);
            table.rows.put(key.apply(row), row);
          });
        }
      } catch (JacksonException | UncheckedIOException e) {
        throw new UserError(
            Fault.DAMAGED,
            "'%s' is not a table of this version".formatted(file),
            io.zoetrope.error.Mend.of("delete it, and it is made again"),
            e);
      } catch (IOException e) {
        throw AtomicFiles.cannot("read", file, e);
      }
    }
    return table;
  }

  /** A line without an end was being written when its process died. */
  private static void cutOff(Path file) throws IOException {
    try (RandomAccessFile f = new RandomAccessFile(file.toFile(), "rw")) {
      long end = f.length();
      while (end > 0) {
        f.seek(end - 1);
        if (f.read() == '\n') {
          break;
        }
        end--;
      }
      if (end < f.length()) {
        f.setLength(end);
      }
    }
  }

  /** The row of a key. */
  public synchronized Optional<R> of(String name) {
    return Optional.ofNullable(rows.get(name));
  }

  /** All rows, by key. */
  public synchronized Map<String, R> rows() {
    return new LinkedHashMap<>(rows);
  }

  /**
   * Adds a row, in place of an older one of its key.
   *
   * @throws UserError if it cannot be written
   */
  public synchronized void add(R row) {
    try {
      if (writer.isEmpty()) {
        Files.createDirectories(file.toAbsolutePath().getParent());
        writer =
            Optional.of(
                Files.newBufferedWriter(
                    file,
                    StandardCharsets.UTF_8,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND));
      }
      Writer to = writer.get();
      to.write(Json.MAPPER.writeValueAsString(row));
      to.write('\n');
      to.flush();
      rows.put(key.apply(row), row);
    } catch (IOException e) {
      throw AtomicFiles.cannot("write", file, e);
    }
  }

  @Override
  public synchronized void close() {
    try {
      if (writer.isPresent()) {
        writer.get().close();
        writer = Optional.empty();
      }
    } catch (IOException e) {
      throw AtomicFiles.cannot("write", file, e);
    }
  }
}
