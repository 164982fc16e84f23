package io.zoetrope.spark.curate;

import io.zoetrope.curation.Copies;
import io.zoetrope.curation.Curation;
import io.zoetrope.curation.Decision;
import io.zoetrope.curation.Export;
import io.zoetrope.curation.Footage;
import io.zoetrope.curation.Report;
import io.zoetrope.curation.Stages;
import io.zoetrope.curation.choose.Choice;
import io.zoetrope.curation.cut.CutFinder;
import io.zoetrope.curation.measure.Measures;
import io.zoetrope.curation.table.ClipRow;
import io.zoetrope.curation.table.CutsRow;
import io.zoetrope.curation.table.FileRow;
import io.zoetrope.curation.table.ProbeRow;
import io.zoetrope.curation.table.ScoreRow;
import io.zoetrope.record.Json;
import io.zoetrope.torch.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import scala.Tuple2;

/**
 * Curates a folder on a cluster: as {@link Curation}, with tables of Parquet. Files are opened by
 * executors, in processes of their own; the driver holds keys and numbers. A stage is done in
 * waves, and a killed run goes on behind the last that was written.
 */
final class SparkCuration {
  private final JavaSparkContext context;
  private final ParquetTables tables;
  private final Path root;
  private final Path out;
  private final Measures measures;
  private final Curation.Settings settings;
  private final Decision decision;
  private final Tasks tasks;
  private final int wave;
  private final int parts;
  private final List<Report.Stage> stages = new ArrayList<>();

  /**
   * Of a folder.
   *
   * @param wave videos that are looked at before what was seen is written
   */
  SparkCuration(
      SparkSession spark,
      Path root,
      Path out,
      Measures measures,
      Curation.Settings settings,
      HeldLookers lookers,
      int wave) {
    this.context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    this.tables = new ParquetTables(spark, out.resolve("tables"));
    this.root = root;
    this.out = out;
    this.measures = measures;
    this.settings = settings;
    this.decision = new Decision(measures, settings);
    this.tasks = new Tasks(root.toString(), lookers);
    this.wave = wave;
    this.parts = 4 * Math.max(2, context.defaultParallelism() / Math.max(1, lookers.threads()));
  }

  Report run() {
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
    Report report = new Report(files, probes, clips, scores, copies, choice, stages);
    tables.write("clips", ClipRow.class, clips);
    tables.write(
        "copies",
        Curation.CopyRow.class,
        copies.entrySet().stream()
            .map(c -> new Curation.CopyRow(c.getKey(), c.getValue()))
            .toList());
    tables.write("kept", ClipRow.class, report.kept());
    return report;
  }

  private static String json(Object value) {
    return Json.MAPPER.writeValueAsString(value);
  }

  private <T> List<List<T>> waves(List<T> all) {
    List<List<T>> waves = new ArrayList<>();
    for (int i = 0; i < all.size(); i += wave) {
      waves.add(all.subList(i, Math.min(all.size(), i + wave)));
    }
    return waves;
  }

  private JavaRDD<String> spread(List<?> of) {
    List<String> rows = of.stream().map(SparkCuration::json).toList();
    return context.parallelize(rows, Math.clamp(rows.size(), 1, parts));
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
    Map<String, FileRow> known = tables.rows("files", FileRow.class, FileRow::path);
    List<Footage.Found> fresh =
        found.stream()
            .filter(f -> !known.containsKey(f.path()) || !f.is(known.get(f.path())))
            .toList();
    Tasks tasks = this.tasks;
    for (List<Footage.Found> some : waves(fresh)) {
      JavaRDD<String> rows = spread(some).mapPartitions(tasks::files).persist(disk());
      tables.append("files", FileRow.class, rows);
      // Of two rows of a file that has changed, the one that was made now counts.
      rows.collect()
          .forEach(json -> {
            FileRow row = Json.MAPPER.readValue(json, FileRow.class);
            known.put(row.path(), row);
          });
      rows.unpersist(false);
    }
    List<FileRow> rows =
        found.stream().map(f -> Optional.ofNullable(known.get(f.path())).orElseThrow()).toList();
    stages.add(Report.Stage.of("files", found.size(), rows.size(), fresh.size(), start, ""));
    return rows;
  }

  private static StorageLevel disk() {
    return StorageLevel.DISK_ONLY();
  }

  private List<ClipRow> clips(List<FileRow> files, Map<String, ProbeRow> probes) {
    long start = System.nanoTime();
    Map<String, ProbeRow> probed = tables.rows("probe", ProbeRow.class, ProbeRow::video);
    Map<String, CutsRow> cuts = tables.rows("cuts", CutsRow.class, CutsRow::video);
    List<FileRow> missing =
        files.stream()
            .filter(f -> {
              ProbeRow probe = probed.get(f.video());
              CutsRow cut = cuts.get(f.video());
              return probe == null
                  || probe.version() != ProbeRow.VERSION
                  || cut == null
                  || cut.version() != CutFinder.VERSION;
            })
            .toList();
    Tasks tasks = this.tasks;
    for (List<FileRow> some : waves(missing)) {
      JavaRDD<String> rows = spread(some).mapPartitions(tasks::scan).persist(disk());
      tables.append("cuts", CutsRow.class, rows.map(row -> part(row, "cuts")));
      tables.append("probe", ProbeRow.class, rows.map(row -> part(row, "probe")));
      rows.unpersist(false);
    }
    if (!missing.isEmpty()) {
      probed.putAll(tables.rows("probe", ProbeRow.class, ProbeRow::video));
      cuts.putAll(tables.rows("cuts", CutsRow.class, CutsRow::video));
    }
    List<ClipRow> clips = new ArrayList<>();
    int good = 0;
    int joints = 0;
    for (FileRow file : files) {
      ProbeRow probe = Optional.ofNullable(probed.get(file.video())).orElseThrow();
      CutsRow cut = Optional.ofNullable(cuts.get(file.video())).orElseThrow();
      probes.put(file.video(), probe);
      if (probe.readable()) {
        good++;
        joints += cut.cuts().size();
        clips.addAll(ClipRow.of(file, probe, cut, settings.shortest(), settings.longest()));
      }
    }
    int bad = files.size() - good;
    stages.add(
        Report.Stage.of(
            "probe",
            files.size(),
            good,
            missing.size(),
            start,
            bad == 0 ? "" : bad + " cannot be read"));
    stages.add(new Report.Stage("cuts", good, joints, missing.size(), 0, ""));
    stages.add(new Report.Stage("clips", good, clips.size(), good, 0, ""));
    return clips;
  }

  private static String part(String json, String name) {
    return Json.MAPPER.readTree(json).path(name).toString();
  }

  private static String table(String measure) {
    return "measure-" + measure;
  }

  private void measure(
      List<ClipRow> clips,
      Map<String, ProbeRow> probes,
      List<String> names,
      Map<String, Map<String, ScoreRow>> scores) {
    if (names.isEmpty()) {
      return;
    }
    long start = System.nanoTime();
    Map<String, Map<String, ScoreRow>> known = new LinkedHashMap<>();
    names.forEach(
        name -> known.put(name, tables.rows(table(name), ScoreRow.class, ScoreRow::clip)));
    Map<String, List<Stages.Wanted>> wanted = new LinkedHashMap<>();
    Map<String, Integer> fresh = new HashMap<>();
    for (ClipRow clip : clips) {
      List<String> missing = new ArrayList<>();
      known.forEach((name, rows) -> {
        ScoreRow row = rows.get(clip.clip());
        if (row == null || !row.version().equals(measures.of(name).version())) {
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
    List<Tasks.OfVideo> videos = new ArrayList<>();
    wanted.forEach((video, list) ->
        videos.add(new Tasks.OfVideo(Optional.ofNullable(probes.get(video)).orElseThrow(), list)));
    Tasks tasks = this.tasks;
    for (List<Tasks.OfVideo> some : waves(videos)) {
      JavaRDD<Tasks.Scored> rows =
          spread(some).mapPartitions(tasks::measure).flatMap(List::iterator).persist(disk());
      for (String name : fresh.keySet()) {
        tables.append(
            table(name),
            ScoreRow.class,
            rows.filter(row -> row.measure().equals(name)).map(Tasks.Scored::json));
      }
      rows.unpersist(false);
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    for (String name : names) {
      Map<String, ScoreRow> rows =
          fresh.containsKey(name)
              ? tables.rows(table(name), ScoreRow.class, ScoreRow::clip)
              : known.getOrDefault(name, Map.of());
      Map<String, ScoreRow> ours = new HashMap<>();
      clips.forEach(
          c -> Optional.ofNullable(rows.get(c.clip())).ifPresent(row -> ours.put(c.clip(), row)));
      scores.put(name, ours);
      stages.add(Report.Stage.measured(name, clips.size(), ours, fresh.getOrDefault(name, 0)));
    }
    int most = fresh.values().stream().mapToInt(n -> n).max().orElse(0);
    stages.add(
        new Report.Stage("measures", clips.size(), clips.size(), most, seconds, "with decoding"));
  }

  private SortedMap<String, String> copies(
      List<ClipRow> clips, Map<String, Map<String, ScoreRow>> scores) {
    long start = System.nanoTime();
    List<Tuple2<String, String>> looks = new ArrayList<>();
    scores
        .getOrDefault(Measures.LOOK, Map.of())
        .forEach((clip, row) -> {
          if (!row.text().isEmpty()) {
            looks.add(new Tuple2<>(clip, row.text()));
          }
        });
    SortedMap<String, String> groups =
        CopyPairs.groups(
            context.parallelizePairs(looks, Math.clamp(looks.size(), 1, parts)), settings.alike());
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

  /** Writes the clips that stay, as {@link Export}. */
  Export.Result export(Report report, Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw AtomicFiles.cannot("write", folder, e);
    }
    List<ClipRow> kept = report.kept();
    List<Tasks.Writing> writing =
        kept.stream()
            .map(clip ->
                new Tasks.Writing(
                    clip,
                    Optional.ofNullable(report.probes().get(clip.video())).orElseThrow(),
                    folder.toString()))
            .toList();
    Tasks tasks = this.tasks;
    Map<String, String> names = new HashMap<>();
    Map<String, String> captions = new HashMap<>();
    List<String> problems = new ArrayList<>();
    int fresh = 0;
    for (String json : spread(writing).mapPartitions(tasks::write).collect()) {
      Tasks.Written w = Json.MAPPER.readValue(json, Tasks.Written.class);
      if (w.outcome().problem().isEmpty()) {
        names.put(w.clip(), w.outcome().name());
        fresh += w.outcome().fresh() ? 1 : 0;
      } else {
        problems.add(w.clip() + ": " + w.outcome().problem());
      }
    }
    kept.forEach(clip ->
        Optional.ofNullable(names.get(clip.clip()))
            .ifPresent(name -> captions.put(name, clip.caption())));
    int without = Export.finish(folder, kept, names, captions);
    return new Export.Result(names.size(), fresh, without, problems);
  }
}
