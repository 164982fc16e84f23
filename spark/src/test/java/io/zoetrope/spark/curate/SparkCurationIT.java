package io.zoetrope.spark.curate;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.curation.Curation;
import io.zoetrope.curation.Export;
import io.zoetrope.curation.Report;
import io.zoetrope.curation.choose.Bound;
import io.zoetrope.curation.look.LookerProcess;
import io.zoetrope.curation.measure.Measures;
import io.zoetrope.curation.table.ScoreRow;
import io.zoetrope.curation.toybox.Reel;
import io.zoetrope.curation.toybox.ReelMaker;
import io.zoetrope.media.VideoWriter;
import io.zoetrope.media.WriteOptions;
import io.zoetrope.spark.Clusters;
import io.zoetrope.spark.Sessions;
import io.zoetrope.spark.SparkSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One worker, two workers and no Spark at all make the same rows. */
class SparkCurationIT {
  @TempDir static Path folder;
  private static Path films;
  private static Report plain;

  private static final Curation.Settings SETTINGS =
      Curation.Settings.USUAL.bounds(List.of(Bound.of("seconds>=0.8"), Bound.of("motion>=20%")));

  @BeforeAll
  static void film() throws Exception {
    films = Files.createDirectories(folder.resolve("films"));
    ReelMaker maker = new ReelMaker(3, 64, 64);
    for (int i = 0; i < 3; i++) {
      Reel reel = maker.reel(i % 2);
      VideoWriter.write(
          films.resolve(i + ".mp4"),
          reel.video(),
          WriteOptions.at(ReelMaker.FPS).quality(i == 2 ? 50 : 80));
      Files.writeString(films.resolve(i + ".txt"), "toys, number " + i);
    }
    Files.writeString(films.resolve("junk.mp4"), "not a video");
    plain =
        new Curation(
                films,
                folder.resolve("plain"),
                Measures.of(List.of()),
                SETTINGS,
                () -> new LookerProcess(LookerProcess.Settings.USUAL),
                1,
                (stage, done, all) -> {})
            .run();
  }

  private static SparkCuration curation(SparkSession spark, String out, int threads) {
    return new SparkCuration(
        spark,
        films,
        folder.resolve(out),
        Measures.of(List.of()),
        SETTINGS,
        new HeldLookers(false, List.of(), threads),
        4);
  }

  /** By clip and measure, without what depends on the clock. */
  private static Map<String, String> values(Report report) {
    Map<String, String> values = new TreeMap<>();
    report
        .scores()
        .forEach((measure, rows) -> {
          for (ScoreRow row : rows.values()) {
            values.put(row.clip() + " " + measure, row.value() + row.text() + row.reason());
          }
        });
    return values;
  }

  private static void same(Report report) {
    assertThat(report.files()).isEqualTo(plain.files());
    assertThat(report.clips()).isEqualTo(plain.clips());
    assertThat(values(report)).isEqualTo(values(plain));
    assertThat(report.copies()).isEqualTo(plain.copies()).isNotEmpty();
    assertThat(report.choice()).isEqualTo(plain.choice());
    assertThat(report.kept()).isNotEmpty().hasSizeLessThan(report.clips().size());
  }

  private static int fresh(Report report) {
    return report.stages().stream()
        .filter(s -> s.name().matches("files|probe|measures"))
        .mapToInt(Report.Stage::fresh)
        .sum();
  }

  @Test
  void twoWorkersMakeTheRowsOfTheCommandLineAndOnceOnly() throws Exception {
    try (SparkSession spark =
        Sessions.open(
            Clusters.two().with("spark.executor.extraJavaOptions", "-XX:TieredStopAtLevel=1"),
            "curation")) {
      same(curation(spark, "two", 1).run());
      Report again = curation(spark, "two", 1).run();
      same(again);
      assertThat(fresh(again)).isZero();
      Export.Result written = curation(spark, "two", 1).export(again, folder.resolve("clips"));
      assertThat(written.clips()).isEqualTo(plain.kept().size());
      assertThat(written.uncaptioned()).isZero();
      assertThat(Files.readAllLines(folder.resolve("clips/captions.jsonl")))
          .hasSize(written.clips());
      List<String> kept =
          spark
              .read()
              .parquet(folder.resolve("two/tables/kept").toString())
              .select("clip")
              .collectAsList()
              .stream()
              .map(row -> row.getString(0))
              .sorted()
              .collect(Collectors.toList());
      assertThat(kept).containsExactlyElementsOf(plain.choice().kept());
    }
  }

  @Test
  void oneWorkerMakesTheSame() throws Exception {
    SparkSettings one = Clusters.quick("local[1]");
    try (SparkSession spark = Sessions.open(one, "curation")) {
      same(curation(spark, "one", 1).run());
    }
  }
}
