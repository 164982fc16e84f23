package io.zoetrope.curation;

import io.zoetrope.curation.choose.Choice;
import io.zoetrope.curation.table.ClipRow;
import io.zoetrope.curation.table.FileRow;
import io.zoetrope.curation.table.ProbeRow;
import io.zoetrope.curation.table.ScoreRow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;

/**
 * What came of it.
 *
 * @param files all that were given
 * @param probes by video
 * @param clips of those that can be read
 * @param scores by measure and clip
 * @param copies clips that are copies, each with the one that stays for it
 * @param choice which stay
 * @param stages in order
 */
public record Report(
    List<FileRow> files,
    Map<String, ProbeRow> probes,
    List<ClipRow> clips,
    Map<String, Map<String, ScoreRow>> scores,
    SortedMap<String, String> copies,
    Choice choice,
    List<Stage> stages) {
  public Report {
    files = List.copyOf(files);
    clips = List.copyOf(clips);
    stages = List.copyOf(stages);
  }

  /**
   * One stage.
   *
   * @param in rows
   * @param out rows
   * @param fresh rows that were computed now, and not known
   * @param seconds that took
   * @param note may be empty
   */
  public record Stage(String name, int in, int out, int fresh, double seconds, String note) {
    /** One that began at a time. */
    public static Stage of(String name, int in, int out, int fresh, long start, String note) {
      return new Stage(name, in, out, fresh, (System.nanoTime() - start) / 1e9, note);
    }

    /** Of a measure: by what its rows say that it took, decoding apart. */
    public static Stage measured(String name, int in, Map<String, ScoreRow> rows, int fresh) {
      int failed = (int) rows.values().stream().filter(r -> !r.reason().isEmpty()).count();
      double each = rows.values().stream().mapToDouble(ScoreRow::took).average().orElse(0);
      return new Stage(
          name,
          in,
          rows.size() - failed,
          fresh,
          each * fresh,
          failed == 0 ? "" : failed + " could not be measured");
    }
  }

  /** Clips that stay, in the order of their videos. */
  public List<ClipRow> kept() {
    return clips.stream().filter(clip -> choice.kept().contains(clip.clip())).toList();
  }

  /** To be read. */
  public String text() {
    List<String> lines = new ArrayList<>();
    lines.add(String.format("%-14s %8s %8s %8s %10s", "stage", "in", "out", "computed", "s each"));
    for (Stage s : stages) {
      lines.add(
          String.format(
                  Locale.ROOT,
                  "%-14s %8d %8d %8d %10s  %s",
                  s.name(),
                  s.in(),
                  s.out(),
                  s.fresh(),
                  s.fresh() == 0 ? "" : String.format(Locale.ROOT, "%.4f", s.seconds() / s.fresh()),
                  s.note())
              .stripTrailing());
    }
    lines.add("");
    lines.add(
        String.format("%-14s %9s %9s %9s %9s %9s", "measure", "5%", "25%", "50%", "75%", "95%"));
    quantiles()
        .forEach((name, q) ->
            lines.add(
                String.format(
                    Locale.ROOT,
                    "%-14s %9.4g %9.4g %9.4g %9.4g %9.4g",
                    name,
                    q.get(0),
                    q.get(1),
                    q.get(2),
                    q.get(3),
                    q.get(4))));
    if (!choice.costs().isEmpty()) {
      lines.add("");
      lines.add(
          String.format(
              "%-18s %10s %8s %8s %8s %8s",
              "threshold", "value", "sample", "alone", "more", "left"));
      for (Choice.Cost c : choice.costs()) {
        lines.add(
            String.format(
                Locale.ROOT,
                "%-18s %10s %8d %8d %8d %8d",
                c.bound(),
                c.value().map(v -> String.format(Locale.ROOT, "%.4g", v)).orElse("-"),
                c.sample(),
                c.alone(),
                c.more(),
                c.left()));
      }
    }
    lines.add("");
    lines.add("%d of %d clips stay".formatted(choice.kept().size(), clips.size()));
    return String.join("\n", lines);
  }

  /** Of each measure with numbers: 5, 25, 50, 75 and 95 %. */
  public Map<String, List<Double>> quantiles() {
    Map<String, List<Double>> all = new LinkedHashMap<>();
    scores.forEach((name, rows) -> {
      double[] sorted =
          rows.values().stream()
              .flatMap(r -> r.value().stream())
              .mapToDouble(v -> v)
              .sorted()
              .toArray();
      if (sorted.length > 0) {
        all.put(
            name,
            Arrays.stream(new double[] {0.05, 0.25, 0.5, 0.75, 0.95})
                .map(q -> Choice.quantile(sorted, q))
                .boxed()
                .toList());
      }
    });
    return all;
  }

  /** For programs. */
  public Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("stages", stages.stream().map(Report::fields).toList());
    fields.put("quantiles", quantiles());
    fields.put("thresholds", choice.costs().stream().map(Report::fields).toList());
    fields.put(
        "unreadable",
        files.stream()
            .filter(f -> {
              ProbeRow probe = probes.get(f.video());
              return probe != null && !probe.readable();
            })
            .map(f -> {
              ProbeRow probe = probes.getOrDefault(f.video(), ProbeRow.bad("", "", 0));
              return Map.of("file", f.path(), "reason", probe.reason());
            })
            .toList());
    fields.put("clips", clips.size());
    fields.put("copies", copies.size());
    fields.put("kept", choice.kept().size());
    return fields;
  }

  private static Map<String, Object> fields(Stage s) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("stage", s.name());
    fields.put("in", s.in());
    fields.put("out", s.out());
    fields.put("computed", s.fresh());
    fields.put("seconds", Math.rint(s.seconds() * 1e4) / 1e4);
    return fields;
  }

  private static Map<String, Object> fields(Choice.Cost c) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("bound", c.bound());
    c.value().ifPresent(value -> fields.put("value", value));
    fields.put("sample", c.sample());
    fields.put("alone", c.alone());
    fields.put("more", c.more());
    fields.put("left", c.left());
    return fields;
  }
}
