package io.zoetrope.data.table;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.media.NaturalOrder;
import io.zoetrope.record.Json;
import io.zoetrope.torch.AtomicFiles;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Reads tables, row by row: a file of JSON Lines ({@code .jsonl}), a Parquet file ({@code
 * .parquet}), or a folder of Parquet files, as engines write one. Columns may lie in any order, and
 * there may be others.
 */
public final class Tables {
  private Tables() {}

  /** Whether a name is that of a table. */
  public static boolean isTable(Path path) {
    String name = String.valueOf(path.getFileName());
    return name.endsWith(".jsonl") || name.endsWith(".parquet");
  }

  /**
   * Reads a table.
   *
   * @param columns that are wanted; others are not read
   * @throws UserError in one line, if it cannot be read
   */
  public static void read(Path table, List<String> columns, Consumer<Row> rows) {
    if (Files.isDirectory(table)) {
      List<Path> parts = parts(table);
      if (parts.isEmpty()) {
        throw new UserError(Fault.NOT_FOUND, "folder '%s' has no .parquet files".formatted(table));
      }
      parts.forEach(part -> ParquetRows.read(part, columns, rows));
    } else if (!Files.exists(table)) {
      throw new UserError(Fault.NOT_FOUND, "there is no table '%s'".formatted(table));
    } else if (String.valueOf(table.getFileName()).endsWith(".jsonl")) {
      lines(table, columns, rows);
    } else {
      ParquetRows.read(table, columns, rows);
    }
  }

  /** What an engine wrote; its marks and hidden files are left alone. */
  private static List<Path> parts(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> {
            String name = String.valueOf(file.getFileName());
            return name.endsWith(".parquet") && !name.startsWith("_") && !name.startsWith(".");
          })
          .sorted(NaturalOrder.FILES)
          .toList();
    } catch (IOException e) {
      throw AtomicFiles.cannot("look into", folder, e);
    }
  }

  private static void lines(Path table, List<String> columns, Consumer<Row> rows) {
    long number = 0;
    try (BufferedReader reader = Files.newBufferedReader(table)) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        number++;
        if (!line.isBlank()) {
          rows.accept(row("%s line %s".formatted(table, number), line, columns));
        }
      }
    } catch (CharacterCodingException e) {
      throw new UserError(Fault.DAMAGED, "'" + table + "' is not UTF-8 text", e);
    } catch (IOException e) {
      throw AtomicFiles.cannot("read", table, e);
    }
  }

  private static Row row(String where, String line, List<String> columns) {
    JsonNode node;
    try {
      node = Json.MAPPER.readTree(line);
    } catch (JacksonException e) {
      throw new UserError(Fault.DAMAGED, where + " is not JSON", e);
    }
    if (!node.isObject()) {
      throw new UserError(Fault.DAMAGED, where + " is not a JSON object");
    }
    Map<String, Object> cells = new HashMap<>();
    for (String column : columns) {
      JsonNode cell = node.path(column);
      if (cell.isValueNode() && !cell.isNull()) {
        cells.put(column, cell.asString());
      }
    }
    return new Row(where, cells);
  }
}
