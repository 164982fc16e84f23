package io.zoetrope.data;

import java.util.ArrayList;
import java.util.List;

/**
 * Rows of a table with values separated by a sign (RFC 4180): what stands in quotes may hold the
 * sign, line breaks, and quotes that are doubled.
 */
final class CsvRows {
  private final String text;
  private final char separator;
  private int at;
  private int line = 1;

  /**
   * A row.
   *
   * @param line on which it begins, from 1
   */
  record Row(int line, List<String> cells) {}

  private CsvRows(String text, char separator) {
    this.text = text;
    this.separator = separator;
  }

  /** All rows that hold anything. */
  static List<Row> of(String text, char separator) {
    CsvRows reader = new CsvRows(text, separator);
    List<Row> rows = new ArrayList<>();
    while (reader.at < text.length()) {
      Row row = reader.row();
      if (row.cells.stream().anyMatch(cell -> !cell.isBlank())) {
        rows.add(row);
      }
    }
    return rows;
  }

  private Row row() {
    int first = line;
    List<String> cells = new ArrayList<>();
    do {
      cells.add(cell());
    } while (at < text.length() && text.charAt(at++) == separator);
    line++;
    return new Row(first, cells);
  }

  /** Up to the separator or line feed behind it. */
  private String cell() {
    StringBuilder cell = new StringBuilder();
    boolean quoted = false;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (!quoted && (c == separator || c == '\n')) {
        break;
      }
      at++;
      line += c == '\n' ? 1 : 0;
      if (c == '"' && quoted && at < text.length() && text.charAt(at) == '"') {
        cell.append(text.charAt(at++));
      } else if (c == '"' && (quoted || cell.toString().isBlank())) {
        quoted = !quoted;
      } else {
        cell.append(c);
      }
    }
    return cell.toString().strip();
  }
}
