package io.zoetrope.data;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.record.Json;
import io.zoetrope.torch.TextFiles;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * A list of captions in a folder, as image folders of Hugging Face's datasets have one: {@code
 * captions.jsonl} or {@code metadata.jsonl} with an object a line, {@code metadata.csv} or {@code
 * captions.csv} with a heading. The file is {@code file_name}, its caption {@code text} or {@code
 * caption}.
 */
final class CaptionList {
  static final List<String> NAMES =
      List.of("captions.jsonl", "metadata.jsonl", "captions.csv", "metadata.csv");

  private static final String FILE = "file_name";
  private static final List<String> TEXTS = List.of("text", "caption");

  /** Between values: Excel writes what its language has. */
  private static final List<Character> SEPARATORS = List.of(',', ';', '\t');

  private CaptionList() {}

  /**
   * What a line says.
   *
   * @param where for messages: list and line
   * @param file empty if it says none
   * @param text empty if it says none
   */
  record Line(String where, String file, String text) {}

  /**
   * Reads a list.
   *
   * @param name in messages
   * @throws UserError if it cannot be read, or is not text
   */
  static List<Line> read(Path list, String name, Consumer<String> problems) {
    String text;
    try {
      text = TextFiles.read(list);
    } catch (CharacterCodingException e) {
      throw new UserError(Fault.DAMAGED, "'" + list + "' is not UTF-8 text", e);
    } catch (IOException e) {
      throw new UserError(Fault.NO_ACCESS, "cannot read '" + list + "': " + e.getMessage(), e);
    }
    return name.endsWith(".csv") ? table(text, name, problems) : objects(text, name, problems);
  }

  private static List<Line> objects(String text, String name, Consumer<String> problems) {
    List<Line> found = new ArrayList<>();
    List<String> lines = text.lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).isBlank()) {
        continue;
      }
      String where = name + " line " + (i + 1);
      try {
        JsonNode node = Json.MAPPER.readTree(lines.get(i));
        String key = TEXTS.stream().filter(node::has).findFirst().orElse("text");
        found.add(new Line(where, node.path(FILE).asString(""), node.path(key).asString("")));
      } catch (JacksonException e) {
        problems.accept(where + " is not a JSON object");
      }
    }
    return found;
  }

  private static List<Line> table(String text, String name, Consumer<String> problems) {
    List<Line> found = new ArrayList<>();
    for (char separator : SEPARATORS) {
      List<CsvRows.Row> rows = CsvRows.of(text, separator);
      List<String> heading =
          rows.isEmpty()
              ? List.of()
              : rows.getFirst().cells().stream().map(c -> c.toLowerCase(Locale.ROOT)).toList();
      int file = heading.indexOf(FILE);
      int caption = TEXTS.stream().mapToInt(heading::indexOf).max().orElse(-1);
      if (file >= 0 && caption >= 0) {
        rows.stream()
            .skip(1)
            .forEach(row ->
                found.add(
                    new Line(name + " line " + row.line(), cell(row, file), cell(row, caption))));
        return found;
      }
    }
    problems.accept(name + " has no heading with file_name and text");
    return found;
  }

  private static String cell(CsvRows.Row row, int column) {
    return column < row.cells().size() ? row.cells().get(column) : "";
  }
}
