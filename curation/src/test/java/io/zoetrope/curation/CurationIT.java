package io.zoetrope.curation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.curation.choose.Bound;
import io.zoetrope.curation.look.FileLooker;
import io.zoetrope.curation.look.Looker;
import io.zoetrope.curation.look.LookerProcess;
import io.zoetrope.curation.measure.Measures;
import io.zoetrope.data.FolderDataset;
import io.zoetrope.record.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CurationIT {
  private static final int FILMS = 6;
  private static final Curation.Watcher NOBODY = (stage, done, all) -> {};
  private static final Supplier<Looker> PROCESSES =
      () -> new LookerProcess(LookerProcess.Settings.USUAL);

  @TempDir static Path folder;
  private static Path films;
  private static ReelFolder made;

  @BeforeAll
  static void film() throws Exception {
    films = folder.resolve("films");
    made = ReelFolder.make(films, FILMS, 11, 64);
    Files.writeString(films.resolve("junk.mp4"), "not a video");
    byte[] whole = Files.readAllBytes(films.resolve("film-0000.mp4"));
    Files.write(films.resolve("torn.mp4"), java.util.Arrays.copyOf(whole, whole.length * 2 / 3));
    StringBuilder captions = new StringBuilder();
    for (String name : made.reels().keySet()) {
      captions.append(
          Json.MAPPER.writeValueAsString(Map.of("file_name", name, "text", "toys of " + name)));
      captions.append('\n');
    }
    Files.writeString(films.resolve("captions.jsonl"), captions);
  }

  private static Report run(Path out, List<String> bounds, Supplier<Looker> lookers, int threads) {
    return new Curation(
            films,
            out,
            Measures.of(List.of()),
            Curation.Settings.USUAL.bounds(bounds.stream().map(Bound::of).toList()),
            lookers,
            threads,
            NOBODY)
        .run();
  }

  private static Map<String, Report.Stage> stages(Report report) {
    Map<String, Report.Stage> stages = new java.util.HashMap<>();
    report.stages().forEach(s -> stages.put(s.name(), s));
    return stages;
  }

  @Test
  void filmsBecomeClipsCopiesAreFoundAndBadFilesAreRows() throws Exception {
    Path out = folder.resolve("out");
    Report report = run(out, List.of("seconds>=1", "motion>=20%"), PROCESSES, 2);
    assertThat(report.fields().get("unreadable"))
        .asString()
        .contains("junk.mp4", "is not a video", "torn.mp4", "damaged or cut off");
    int cuts = Optional.ofNullable(stages(report).get("cuts")).orElseThrow().out();
    assertThat(cuts).isCloseTo(made.cuts(), org.assertj.core.data.Offset.offset(3));
    int[] pairs = made.pairs(report, groups(report));
    assertThat(pairs[1]).as("wrong copies").isZero();
    assertThat(pairs[0]).as("copies found, %s missed", pairs[2]).isGreaterThan(20 * pairs[2]);
    assertThat(report.kept())
        .isNotEmpty()
        .allSatisfy(clip -> assertThat(clip.seconds()).isGreaterThanOrEqualTo(1))
        .noneSatisfy(clip -> assertThat(report.copies()).containsKey(clip.clip()));

    // Again: nothing is computed; other thresholds: nothing either.
    Report again = run(out, List.of("motion>=40%"), PROCESSES, 1);
    assertThat(again.stages())
        .filteredOn(s -> s.name().matches("files|probe|measures|motion|look"))
        .hasSize(5)
        .allSatisfy(s -> assertThat(s.fresh()).isZero());
    assertThat(again.kept()).hasSizeLessThan(report.clips().size());

    // Training reads what is written.
    Export.Result written =
        Export.folder(
            films, folder.resolve("clips"), report, Optional.empty(), PROCESSES, 2, NOBODY);
    assertThat(written.problems()).isEmpty();
    assertThat(written.clips()).isEqualTo(report.kept().size());
    FolderDataset set =
        FolderDataset.open(folder.resolve("clips"), FolderDataset.Options.of(32, 32, 8, 12));
    assertThat(set.size()).isEqualTo(report.kept().size());
    assertThat(set.caption(0)).startsWith("toys of ");
    assertThat(set.get(0).video().frames()).hasSize(8);
    Export.Result less =
        Export.folder(
            films, folder.resolve("clips"), again, Optional.empty(), PROCESSES, 1, NOBODY);
    assertThat(less.clips()).isEqualTo(again.kept().size());
    try (var files = Files.list(folder.resolve("clips"))) {
      assertThat(files.filter(f -> f.toString().endsWith(".mp4"))).hasSize(less.clips());
    }
  }

  private static Map<String, String> groups(Report report) {
    Map<String, String> groups = new java.util.HashMap<>();
    report
        .copies()
        .forEach((clip, stays) -> {
          groups.put(clip, stays);
          groups.put(stays, stays);
        });
    return groups;
  }

  @Test
  void aRunThatStoppedGoesOnAndEndsAsOneThatDidNot() throws Exception {
    Measures measures = Measures.of(List.of());
    Supplier<Looker> here = () -> new FileLooker(measures);
    Path whole = folder.resolve("whole");
    run(whole, List.of(), here, 2);
    Path stopped = folder.resolve("stopped");
    List<String> seen = new ArrayList<>();
    Curation first =
        new Curation(
            films,
            stopped,
            measures,
            Curation.Settings.USUAL,
            here,
            1,
            (stage, done, all) -> {
              seen.add(stage);
              if (stage.equals("measures") && done == 4) {
                throw new CancellationException();
              }
            });
    assertThatThrownBy(first::run).isInstanceOf(CancellationException.class);
    // As if it was killed in the middle of a line.
    Path table = stopped.resolve("tables/measure-still.jsonl");
    String text = Files.readString(table);
    Files.writeString(table, text.substring(0, text.length() - 25));
    Report rest = run(stopped, List.of(), here, 2);
    int fresh = Optional.ofNullable(stages(rest).get("black")).orElseThrow().fresh();
    assertThat(fresh).isBetween(1, rest.clips().size() - 4);
    for (String name :
        List.of("probe", "cuts", "clips", "copies", "measure-still", "measure-look")) {
      assertThat(rows(stopped, name)).as(name).isEqualTo(rows(whole, name));
    }
  }

  /** Without what depends on the clock. */
  private static List<String> rows(Path out, String table) throws Exception {
    try (var lines = Files.lines(out.resolve("tables").resolve(table + ".jsonl"))) {
      return lines
          .map(line -> line.replaceAll("\"took\":[0-9.E-]+", ""))
          .sorted(Comparator.naturalOrder())
          .toList();
    }
  }

  @Test
  void aFileThatKillsItsProcessIsARowAndTheNextIsRead() throws Exception {
    try (LookerProcess looker = new LookerProcess(LookerProcess.Settings.USUAL)) {
      Path good = films.resolve("film-0001.mp4");
      assertThat(looker.scan(good).probe().readable()).isTrue();
      Path pipe = folder.resolve("pipe.mp4");
      assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
      long pid = looker.pid().orElseThrow();
      // It hangs at a pipe that nobody writes to, until it is killed.
      Thread killer =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  Thread.sleep(700);
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
                ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
              });
      Looker.Scan scan = looker.scan(pipe);
      killer.join();
      assertThat(scan.probe().readable()).isFalse();
      assertThat(scan.probe().reason()).isEqualTo("the process that read it died of it");
      assertThat(looker.scan(good).probe().readable()).isTrue();
      assertThat(looker.pid()).isPresent().isNotEqualTo(Optional.of(pid));
    }
  }
}
