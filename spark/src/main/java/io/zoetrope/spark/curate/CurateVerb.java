package io.zoetrope.spark.curate;

import io.zoetrope.app.cli.Result;
import io.zoetrope.app.cli.Verb;
import io.zoetrope.app.cli.option.CurationOptions;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.app.cli.words.UsageError;
import io.zoetrope.curation.Export;
import io.zoetrope.curation.Report;
import io.zoetrope.curation.look.LookerProcess;
import io.zoetrope.record.Json;
import io.zoetrope.spark.Sessions;
import io.zoetrope.spark.SparkOptions;
import io.zoetrope.spark.SparkSettings;
import io.zoetrope.torch.AtomicFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code zoetrope spark curate}. */
@Command(
    name = "curate",
    description = {
      "Chooses clips to train on, as 'zoetrope curate' does, on a cluster: tables are Parquet in"
          + " DIR/tables (docs/curation.md)."
    })
public final class CurateVerb extends Verb {
  /** Videos that are looked at before what was seen is written. */
  private static final int WAVE = 4096;

  @Parameters(
      paramLabel = "FOLDER",
      description = "Videos, also in sub-folders; all executors must see it by this path.")
  private Path folder = Path.of("");

  @Option(
      names = {"-o", "--out"},
      paramLabel = "DIR",
      required = true,
      description = "Where tables, report.json and the clips go; likewise.")
  private Path out = Path.of("");

  @Mixin private final CurationOptions options = new CurationOptions();
  @Mixin private final SparkOptions spark = new SparkOptions();

  @Option(names = "--dry-run", description = "Only say what would stay.")
  private boolean dryRun;

  public CurateVerb(Session session) {
    super(session);
  }

  @Override
  protected Result run() throws IOException {
    Path base = session().resolve(Path.of("")).toAbsolutePath().normalize();
    Path source = base.resolve(folder).normalize();
    Path target = base.resolve(out).normalize();
    if (source.startsWith(target)) {
      throw new UsageError("--out '%s' holds the folder itself: name another".formatted(out));
    }
    LookerProcess.Settings looking = options.looking(session());
    SparkSettings settings = spark.settings();
    HeldLookers lookers =
        new HeldLookers(
            looking.everything(),
            looking.models().stream().map(m -> m.toAbsolutePath().toString()).toList(),
            settings.cores());
    Report report;
    Optional<Export.Result> exported = Optional.empty();
    try (SparkSession open = Sessions.open(settings, "zoetrope curate")) {
      SparkCuration curation =
          new SparkCuration(
              open, source, target, options.measures(session()), options.settings(), lookers, WAVE);
      report = curation.run();
      if (!dryRun && !options.sampled()) {
        exported = Optional.of(curation.export(report, target.resolve("clips")));
      }
    }
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("out", target.toString());
    fields.putAll(report.fields());
    StringBuilder text = new StringBuilder(report.text());
    exported.ifPresent(e -> {
      fields.put("exported", e.clips());
      fields.put("written", e.written());
      fields.put("uncaptioned", e.uncaptioned());
      fields.put("problems", e.problems());
      text.append(
          "; %s in %s, %s written now".formatted(e.clips(), target.resolve("clips"), e.written()));
      e.problems().forEach(this::note);
    });
    AtomicFiles.text(
        target.resolve("report.json"),
        Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(fields) + "\n");
    return Result.of(text.toString(), fields);
  }
}
