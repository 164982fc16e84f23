package io.zoetrope.curation;

import io.zoetrope.curation.choose.Bound;
import io.zoetrope.curation.choose.Choice;
import io.zoetrope.curation.cut.CutFinder;
import io.zoetrope.curation.look.Looker;
import io.zoetrope.curation.measure.Measure;
import io.zoetrope.curation.measure.Measures;
import io.zoetrope.curation.near.ClipHash;
import io.zoetrope.curation.near.Groups;
import io.zoetrope.curation.table.ClipRow;
import io.zoetrope.curation.table.CutsRow;
import io.zoetrope.curation.table.FileRow;
import io.zoetrope.curation.table.ProbeRow;
import io.zoetrope.curation.table.ScoreRow;
import io.zoetrope.curation.table.Table;
import io.zoetrope.record.Json;
import io.zoetrope.torch.AtomicFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Curates a folder: each stage a table in {@code OUT/tables}, of which a second run computes what
 * is missing. Nothing but the export at the end is ever encoded, and no row is taken out of a
 * table: what stays is a query over them.
 */
public final class Curation {
  private final Path root;
  private final Path out;
  private final Measures measures;
  private final Settings settings;
  private final Decision decision;
  private final Crew crew;
  private final List<Report.Stage> stages = new ArrayList<>();

  /**
   * What is wanted.
   *
   * @param bounds thresholds, in order
   * @param shortest seconds of a clip at least
   * @param longest seconds at most; longer shots are cut into equal parts
   * @param alike how far colours of copies are apart at most, see {@link Groups#ALIKE}
   * @param copies whether copies stay
   * @param sample if there, only so many videos are looked at, to choose thresholds by
   */
  public record Settings(
      List<Bound> bounds,
      double shortest,
      double longest,
      double alike,
      boolean copies,
      Optional<Integer> sample) {
    /** Nothing is left out but copies. */
    public static final Settings USUAL =
        new Settings(List.of(), 0.5, 20, Groups.ALIKE, false, Optional.empty());

    public Settings {
      bounds = List.copyOf(bounds);
    }

    /** With other bounds. */
    public Settings bounds(List<Bound> value) {
      return new Settings(value, shortest, longest, alike, copies, sample);
    }
  }

  /** Hears how far it is. */
  @FunctionalInterface
  public interface Watcher {
    /**
     * So many are done.
     *
     * @throws java.util.concurrent.CancellationException to stop; a later run goes on
     */
    void at(String stage, int done, int all);
  }

  /**
   * Of a folder.
   *
   * @param out where tables and results go
   * @param lookers makes one for each thread
   * @param threads that look at once
   */
  public Curation(
      Path root,
      Path out,
      Measures measures,
      Settings settings,
      Supplier<Looker> lookers,
      int threads,
      Watcher watcher) {
    this.root = root;
    this.out = out;
    this.measures = measures;
    this.settings = settings;
    this.decision = new Decision(measures, settings);
    this.crew = new Crew(lookers, threads, watcher);
  }

  /** Does what is missing, and says what there is. */
  public Report run() {
    try (crew) {
      List<FileRow> files = files();
      Map<String, ProbeRow> probes = new TreeMap<>();
      List<ClipRow> clips = clips(files, probes);
      Map<String, Map<String, ScoreRow>> scores = new LinkedHashMap<>();
      measure(clips, probes, decision.cheap(), scores);
      SortedMap<String, String> copies = copies(clips, scores);
      Set<String> left = new HashSet<>(decision.beforeNetworks(clips, copies, scores).kept());
      measure(
          clips.stream().filter(clip -> left.contains(clip.clip())).toList(),
          probes,
          decision.costly(),
          scores);
      long start = System.nanoTime();
      Choice choice = decision.choose(clips, copies, scores);
      stages.add(Report.Stage.of("thresholds", clips.size(), choice.kept().size(), 0, start, ""));
      write("clips", clips);
      write(
          "copies",
          copies.entrySet().stream().map(c -> new CopyRow(c.getKey(), c.getValue())).toList());
      Report report = new Report(files, probes, clips, scores, copies, choice, stages);
      write("kept", report.kept());
      return report;
    }
  }

  /**
   * A copy.
   *
   * @param stays the clip that stays for it
   */
  public record CopyRow(String clip, String stays) {}

  /** Tables that a query makes are made whole each time. */
  private void write(String name, List<? extends Record> rows) {
    StringBuilder text = new StringBuilder();
    rows.forEach(row -> text.append(Json.MAPPER.writeValueAsString(row)).append('\n'));
    AtomicFiles.text(table(name), text.toString());
  }

  private Path table(String name) {
    return out.resolve("tables").resolve(name + ".jsonl");
  }

  private List<FileRow> files() {
    long start = System.nanoTime();
    List<Footage.Found> found = Footage.in(root, out);
    if (settings.sample().isPresent()) {
      Set<String> some =
          new HashSet<>(
              Choice.sample(
                  found.stream().map(Footage.Found::path).toList(), settings.sample().get()));
      found = found.stream().filter(f -> some.contains(f.path())).toList();
    }
    try (Table<FileRow> table = Table.open(table("files"), FileRow.class, FileRow::path)) {
      Map<String, FileRow> known = table.rows();
      List<Footage.Found> fresh =
          found.stream()
              .filter(f -> !known.containsKey(f.path()) || !f.is(known.get(f.path())))
              .toList();
      crew.each(
          "files",
          fresh,
          (looker, f) ->
              table.add(FileRow.of(root, f.path(), f.bytes(), f.modified(), f.caption())));
      List<FileRow> rows = found.stream().map(f -> table.of(f.path()).orElseThrow()).toList();
      stages.add(Report.Stage.of("files", found.size(), rows.size(), fresh.size(), start, ""));
      return rows;
    }
  }

  private List<ClipRow> clips(List<FileRow> files, Map<String, ProbeRow> probes) {
    long start = System.nanoTime();
    Map<String, CutsRow> cuts = new HashMap<>();
    try (Table<ProbeRow> probed = Table.open(table("probe"), ProbeRow.class, ProbeRow::video);
        Table<CutsRow> cut = Table.open(table("cuts"), CutsRow.class, CutsRow::video)) {
      List<FileRow> missing =
          files.stream()
              .filter(f ->
                  probed.of(f.video()).filter(p -> p.version() == ProbeRow.VERSION).isEmpty()
                      || cut.of(f.video()).filter(c -> c.version() == CutFinder.VERSION).isEmpty())
              .toList();
      crew.each(
          "probe",
          missing,
          (looker, file) -> {
            Stages.Scanned scanned = Stages.scan(looker, root, file);
            cut.add(scanned.cuts());
            probed.add(scanned.probe());
          });
      for (FileRow file : files) {
        probes.put(file.video(), probed.of(file.video()).orElseThrow());
        cuts.put(file.video(), cut.of(file.video()).orElseThrow());
      }
      List<FileRow> good = files.stream().filter(f -> readable(probes, f)).toList();
      int bad = files.size() - good.size();
      stages.add(
          Report.Stage.of(
              "probe",
              files.size(),
              good.size(),
              missing.size(),
              start,
              bad == 0 ? "" : bad + " cannot be read"));
      int joints = good.stream().mapToInt(f -> cuts(cuts, f).cuts().size()).sum();
      stages.add(new Report.Stage("cuts", good.size(), joints, missing.size(), 0, ""));
      List<ClipRow> clips = new ArrayList<>();
      for (FileRow file : good) {
        clips.addAll(
            ClipRow.of(
                file,
                probes.getOrDefault(file.video(), ProbeRow.bad("", "", 0)),
                cuts(cuts, file),
                settings.shortest(),
                settings.longest()));
      }
      stages.add(new Report.Stage("clips", good.size(), clips.size(), good.size(), 0, ""));
      return clips;
    }
  }

  private static boolean readable(Map<String, ProbeRow> probes, FileRow file) {
    ProbeRow probe = probes.get(file.video());
    return probe != null && probe.readable();
  }

  private static CutsRow cuts(Map<String, CutsRow> cuts, FileRow file) {
    return cuts.getOrDefault(file.video(), new CutsRow(file.video(), 0, List.of()));
  }

  /** Takes measures of clips; each video is read once for all that it misses. */
  private void measure(
      List<ClipRow> clips,
      Map<String, ProbeRow> probes,
      Collection<String> names,
      Map<String, Map<String, ScoreRow>> scores) {
    if (names.isEmpty()) {
      return;
    }
    long start = System.nanoTime();
    Map<String, Table<ScoreRow>> tables = new LinkedHashMap<>();
    try {
      for (Measure measure : measures.all()) {
        if (names.contains(measure.name())) {
          tables.put(
              measure.name(),
              Table.open(table("measure-" + measure.name()), ScoreRow.class, ScoreRow::clip));
        }
      }
      Map<String, List<Stages.Wanted>> wanted = new LinkedHashMap<>();
      Map<String, Integer> fresh = new HashMap<>();
      for (ClipRow clip : clips) {
        List<String> missing = new ArrayList<>();
        tables.forEach((name, table) -> {
          String version = measures.of(name).version();
          if (table.of(clip.clip()).filter(row -> row.version().equals(version)).isEmpty()) {
            missing.add(name);
            fresh.merge(name, 1, Integer::sum);
          }
        });
        if (!missing.isEmpty()) {
          wanted
              .computeIfAbsent(clip.video(), v -> new ArrayList<>())
              .add(new Stages.Wanted(clip, missing));
        }
      }
      crew.each(
          "measures",
          List.copyOf(wanted.values()),
          (looker, ofVideo) -> {
            ProbeRow probe =
                probes.getOrDefault(ofVideo.getFirst().clip().video(), ProbeRow.bad("", "", 0));
            for (Stages.Scored s : Stages.measure(looker, root, probe, ofVideo, measures)) {
              Optional.ofNullable(tables.get(s.measure())).ifPresent(t -> t.add(s.row()));
            }
          });
      double decoding = (System.nanoTime() - start) / 1e9;
      tables.forEach((name, table) -> {
        Map<String, ScoreRow> rows = table.rows();
        Map<String, ScoreRow> ours = new HashMap<>();
        clips.forEach(
            c -> Optional.ofNullable(rows.get(c.clip())).ifPresent(row -> ours.put(c.clip(), row)));
        scores.put(name, ours);
        stages.add(Report.Stage.measured(name, clips.size(), ours, fresh.getOrDefault(name, 0)));
      });
      int most = fresh.values().stream().mapToInt(n -> n).max().orElse(0);
      stages.add(
          new Report.Stage(
              "measures", clips.size(), clips.size(), most, decoding, "with decoding"));
    } finally {
      tables.values().forEach(Table::close);
    }
  }

  private SortedMap<String, String> copies(
      List<ClipRow> clips, Map<String, Map<String, ScoreRow>> scores) {
    long start = System.nanoTime();
    SortedMap<String, ClipHash> hashes = new TreeMap<>();
    scores
        .getOrDefault(Measures.LOOK, Map.of())
        .forEach((clip, row) -> {
          if (!row.text().isEmpty()) {
            hashes.put(clip, ClipHash.parse(row.text()));
          }
        });
    SortedMap<String, String> groups = Groups.of(hashes, settings.alike());
    SortedMap<String, String> copies = Copies.lesser(clips, groups);
    stages.add(
        Report.Stage.of(
            "copies",
            clips.size(),
            clips.size() - copies.size(),
            clips.size(),
            start,
            copies.size() + " are copies of others"));
    return copies;
  }
}
