package io.zoetrope.data.table;

import dev.hardwood.InputFile;
import dev.hardwood.metadata.ColumnChunk;
import dev.hardwood.metadata.CompressionCodec;
import dev.hardwood.metadata.RowGroup;
import dev.hardwood.reader.ParquetFileReader;
import dev.hardwood.reader.RowReader;
import dev.hardwood.schema.ColumnProjection;
import dev.hardwood.schema.ColumnSchema;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.AtomicFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Rows of a Parquet file. */
final class ParquetRows {
  /** What is read by the JDK alone; for others their libraries must be on the class path. */
  private static final Map<CompressionCodec, String> LIBRARIES =
      Map.of(
          CompressionCodec.SNAPPY, "org.xerial.snappy.Snappy",
          CompressionCodec.ZSTD, "com.github.luben.zstd.Zstd",
          CompressionCodec.LZ4, "net.jpountz.lz4.LZ4Factory",
          CompressionCodec.LZ4_RAW, "net.jpountz.lz4.LZ4Factory",
          CompressionCodec.BROTLI, "com.aayushatharva.brotli4j.Brotli4jLoader");

  private static final Set<CompressionCodec> OWN =
      Set.of(CompressionCodec.UNCOMPRESSED, CompressionCodec.GZIP);

  /** It tells what it decompresses with, each time: nothing that a person can use. */
  private static final Logger QUIET = Logger.getLogger("dev.hardwood");

  static {
    QUIET.setLevel(Level.WARNING);
  }

  private ParquetRows() {}

  static void read(Path file, List<String> columns, Consumer<Row> rows) {
    try (InputFile input = InputFile.of(file);
        ParquetFileReader reader = ParquetFileReader.open(input)) {
      Set<String> there =
          reader.getFileSchema().getColumns().stream()
              .map(ColumnSchema::name)
              .collect(Collectors.toSet());
      String[] wanted = columns.stream().filter(there::contains).toArray(String[]::new);
      if (reader.getFileMetaData().numRows() == 0) {
        return;
      }
      if (wanted.length == 0) {
        throw new UserError(
            Fault.MISMATCH, "'%s' has none of the columns %s".formatted(file, columns));
      }
      requireReadable(file, reader.getFileMetaData().rowGroups());
      try (RowReader each =
          reader.buildRowReader().projection(ColumnProjection.columns(wanted)).build()) {
        rows(file, each, wanted, rows);
      }
    } catch (UserError e) {
      throw e;
    } catch (IOException e) {
      throw AtomicFiles.cannot("read", file, e);
    } catch (RuntimeException e) {
      throw new UserError(
          Fault.DAMAGED, "'%s' is not a good Parquet file: %s".formatted(file, e.getMessage()), e);
    }
  }

  private static void rows(Path file, RowReader each, String[] wanted, Consumer<Row> rows) {
    long number = 0;
    while (each.hasNext()) {
      each.next();
      number++;
      Map<String, Object> cells = new HashMap<>();
      for (String column : wanted) {
        @Nullable Object value = each.isNull(column) ? null : each.getValue(column);
        if (value != null) {
          cells.put(
              column,
              value instanceof byte[] bytes ? new String(bytes, StandardCharsets.UTF_8) : value);
        }
      }
      rows.accept(new Row("%s row %s".formatted(file, number), cells));
    }
  }

  private static void requireReadable(Path file, List<RowGroup> groups) {
    for (RowGroup group : groups) {
      for (ColumnChunk chunk : group.columns()) {
        CompressionCodec codec = chunk.metaData().codec();
        if (!OWN.contains(codec) && !present(LIBRARIES.getOrDefault(codec, ""))) {
          throw new UserError(
              Fault.UNSUPPORTED,
              "'%s' is compressed by %s, which is not read here"
                  .formatted(file, codec.name().toLowerCase(Locale.ROOT)),
              "write it with gzip or uncompressed");
        }
      }
    }
  }

  private static boolean present(String library) {
    try {
      return !library.isEmpty()
          && Class.forName(library, false, ParquetRows.class.getClassLoader()) != null;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }
}
