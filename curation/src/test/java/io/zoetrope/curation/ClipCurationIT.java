package io.zoetrope.curation;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.curation.choose.Bound;
import io.zoetrope.curation.look.FileLooker;
import io.zoetrope.curation.look.Looker;
import io.zoetrope.curation.look.LookerProcess;
import io.zoetrope.curation.measure.ClipFolder;
import io.zoetrope.curation.measure.Measures;
import io.zoetrope.curation.table.ClipRow;
import io.zoetrope.curation.table.ScoreRow;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Films measured by a tiny CLIP and a head, as the command line does it. */
class ClipCurationIT {
  private static Report run(
      Path films, Path out, Measures measures, Supplier<Looker> lookers, String... bounds) {
    return new Curation(
            films,
            out,
            measures,
            Curation.Settings.USUAL.bounds(List.of(bounds).stream().map(Bound::of).toList()),
            lookers,
            1,
            (stage, done, all) -> {})
        .run();
  }

  private static Map<String, ScoreRow> rows(Report report, String measure) {
    return new TreeMap<>(Objects.requireNonNull(report.scores().get(measure)));
  }

  private static int fresh(Report report, String stage) {
    return report.stages().stream()
        .filter(s -> s.name().equals(stage))
        .mapToInt(Report.Stage::fresh)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void filmsAreMeasuredInProcessesOfTheirOwnAndAgainOnlyWhenAFileChanges(@TempDir Path folder)
      throws Exception {
    Path films = folder.resolve("films");
    ReelFolder.make(films, 2, 5, 64);
    Files.writeString(films.resolve("film-0000.txt"), "a photo of a cat");
    Path clip = ClipFolder.copy(folder.resolve("clip"));
    ClipFolder.head(clip, ClipFolder.WIDTH, 5, 3);
    LookerProcess.Settings usual = LookerProcess.Settings.USUAL;
    Supplier<Looker> processes =
        () ->
            new LookerProcess(
                new LookerProcess.Settings(false, List.of(clip), usual.time(), usual.heap()));
    Measures measures = Measures.of(List.of(clip));
    Path out = folder.resolve("out");
    Report report = run(films, out, measures, processes, "aesthetics>=30%");

    Map<String, ClipRow> clips =
        report.clips().stream().collect(Collectors.toMap(ClipRow::clip, c -> c));
    Map<String, ScoreRow> fit = rows(report, "text-fit");
    Map<String, ScoreRow> liked = rows(report, "aesthetics");
    assertThat(fit).isNotEmpty().hasSameSizeAs(liked);
    assertThat(fit.values()).allSatisfy(row -> assertThat(row.reason()).isEmpty());
    // Clips of the film with a caption have a value, others none.
    fit.forEach((key, row) -> {
      boolean captioned = Objects.requireNonNull(clips.get(key)).path().equals("film-0000.mp4");
      assertThat(row.value().isPresent()).isEqualTo(captioned);
      row.value().ifPresent(v -> assertThat(v).isBetween(-1.0, 1.0));
    });
    assertThat(fit.values()).anyMatch(row -> row.value().isPresent());
    assertThat(liked.values())
        .allSatisfy(row -> assertThat(row.value().orElseThrow()).isBetween(2.0, 8.0));
    assertThat(report.kept()).isNotEmpty().hasSizeLessThan(liked.size());

    // The same in this process, to the digit.
    Report here = run(films, folder.resolve("here"), measures, () -> new FileLooker(measures));
    assertThat(values(rows(here, "text-fit"))).isEqualTo(values(fit));
    assertThat(values(rows(here, "aesthetics"))).isEqualTo(values(liked));

    // Another head is another measure; the CLIP's own is not made again.
    ClipFolder.head(clip, ClipFolder.WIDTH, 5, 2);
    Report again = run(films, out, Measures.of(List.of(clip)), processes);
    assertThat(fresh(again, "text-fit")).isZero();
    assertThat(fresh(again, "aesthetics")).isEqualTo(liked.size());
  }

  private static Map<String, String> values(Map<String, ScoreRow> rows) {
    Map<String, String> values = new TreeMap<>();
    rows.forEach((clip, row) -> values.put(clip, row.version() + " " + row.value()));
    return values;
  }
}
