package io.zoetrope.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Figures under headings: printed in aligned columns, kept in full for JSON. */
final class Table {
  private final String name;
  private final String title;
  private final List<String> columns;
  private final List<List<Object>> rows = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  Table(String name, String title, String... columns) {
    this.name = name;
    this.title = title;
    this.columns = List.of(columns);
  }

  /** One row: words, whole numbers, and real numbers, which are shown with three digits. */
  void row(Object... cells) {
    if (cells.length != columns.size()) {
      throw new IllegalArgumentException(cells.length + " cells for " + columns.size());
    }
    rows.add(List.of(cells));
  }

  /** A line below the table. */
  void note(String line) {
    notes.add(line);
  }

  String toText() {
    List<List<String>> lines = new ArrayList<>();
    lines.add(columns);
    rows.forEach(row -> lines.add(row.stream().map(Table::show).toList()));
    int[] widths = new int[columns.size()];
    for (List<String> line : lines) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], line.get(i).length());
      }
    }
    StringBuilder out = new StringBuilder(title).append('\n');
    for (List<String> line : lines) {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        String pad = " ".repeat(widths[i] - line.get(i).length());
        text.append("  ").append(i == 0 ? line.get(i) + pad : pad + line.get(i));
      }
      out.append(text.toString().stripTrailing()).append('\n');
    }
    notes.forEach(note -> out.append("  ").append(note).append('\n'));
    return out.toString();
  }

  Map<String, Object> toJson() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", name);
    json.put("title", title);
    json.put("columns", columns);
    json.put("rows", rows);
    json.put("notes", notes);
    return json;
  }

  private static String show(Object cell) {
    return switch (cell) {
      case Double d when d == 0 -> "0";
      case Double d when Math.abs(d) >= 100 -> String.format(Locale.ROOT, "%.0f", d);
      case Double d when Math.abs(d) >= 10 -> String.format(Locale.ROOT, "%.1f", d);
      case Double d when Math.abs(d) >= 1 -> String.format(Locale.ROOT, "%.2f", d);
      case Double d -> String.format(Locale.ROOT, "%.3f", d);
      default -> cell.toString();
    };
  }
}
