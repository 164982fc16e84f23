package io.zoetrope.spark.batch;

import io.zoetrope.app.cli.Result;
import io.zoetrope.app.cli.Verb;
import io.zoetrope.app.cli.option.FolderSources;
import io.zoetrope.app.cli.terminal.Cancellation;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.app.cli.words.UsageError;
import io.zoetrope.spark.Sessions;
import io.zoetrope.spark.SparkOptions;
import io.zoetrope.spark.SparkSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code zoetrope spark generate}. */
@Command(
    name = "generate",
    description = {
      "Makes a video of each row of a table: what has a row in DIR/manifest is not made again.",
      "A row is JSON: {\"prompt\": \"a red ball\", \"seed\": 1, \"size\": \"64x64\"}, with negative,"
          + " frames, fps, steps, guidance, sampler and model as options of those names, or an order"
          + " as a whole, as a finished file remembers it."
    })
public final class GenerateVerb extends Verb {
  private static final long NANOS_BETWEEN_LINES = 5_000_000_000L;

  @Option(
      names = "--in",
      paramLabel = "FILE",
      required = true,
      description = "The table: JSON Lines, one order a line.")
  private Path in = Path.of("");

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "Where clips and manifest go; all executors must see it by this path.")
  private Path out = Path.of("");

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Of every row, as in wish.steps=50 or model.name=toybox. May be repeated.")
  private List<String> settings = List.of();

  @Option(
      names = "--attempts",
      paramLabel = "N",
      defaultValue = "2",
      description =
          "Executors that a clip may end before it is given up as poison (default: ${DEFAULT-VALUE}).")
  private int attempts;

  @Option(names = "--retry", description = "Try those again whose row is an error, or poison.")
  private boolean retry;

  @Mixin private final SparkOptions spark = new SparkOptions();

  private long lastLine = System.nanoTime();

  public GenerateVerb(Session session) {
    super(session);
  }

  @Override
  protected Result run() throws Exception {
    if (attempts < 1) {
      throw new UsageError("--attempts: must be 1 or more, is " + attempts);
    }
    Path base = session().resolve(Path.of("")).toAbsolutePath().normalize();
    Manifest manifest = new Manifest(base.resolve(out).normalize());
    Table table = Table.read(base.resolve(in), settings, new FolderSources(session()));
    long need = table.clips().stream().mapToLong(Clip::need).max().orElse(0);
    SparkSettings room = Rooms.of(patient(spark.settings(), table), need, Rooms.available());
    try (RunLock lock = RunLock.of(manifest.root());
        SparkSession open = Sessions.open(room, "zoetrope generate")) {
      return made(manifest, table, open, new Batch(manifest, base, attempts, slots(open)));
    }
  }

  /**
   * An executor may be lost for each attempt at each clip of a part, and is as good as any other on
   * its machine.
   */
  private SparkSettings patient(SparkSettings said, Table table) {
    int most = 4 + attempts * Math.min(table.clips().size(), 50);
    return said.withDefault("spark.task.maxFailures", String.valueOf(most))
        .withDefault("spark.excludeOnFailure.enabled", "false")
        .withDefault("spark.executor.heartbeatInterval", "3s");
  }

  private static int slots(SparkSession open) {
    int cores = Integer.parseInt(open.sparkContext().getConf().get("spark.task.cpus", "1"));
    // Executors may still be on their way.
    return Math.max(8, open.sparkContext().defaultParallelism() / cores);
  }

  private Result made(Manifest manifest, Table table, SparkSession open, Batch batch)
      throws IOException, InterruptedException {
    manifest.settle();
    if (retry) {
      manifest.withoutErrors(open, table.clips());
    }
    List<Clip> missing = manifest.missing(open, table.clips());
    int there = table.clips().size() - missing.size();
    long start = System.nanoTime();
    Batch.Outcome outcome = new Batch.Outcome(0, 0, 0);
    if (!missing.isEmpty()) {
      note("%s clips to make, %s are there".formatted(missing.size(), there));
      Cancellation cancellation = session().cancellation();
      try (Cancellation.Stretch stretch = cancellation.stretch()) {
        outcome = batch.run(open, missing, cancellation::cancelled, this::tell);
      }
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("rows", table.rows());
    fields.put("clips", table.clips().size());
    fields.put("there", there);
    fields.put("made", outcome.made());
    fields.put("reused", outcome.reused());
    fields.put("failed", outcome.failed());
    fields.put("seconds", seconds);
    fields.put("manifest", manifest.path().toString());
    String text =
        missing.isEmpty()
            ? "nothing to do: all %s clips are in '%s'".formatted(there, manifest.path())
            : String.format(
                Locale.ROOT,
                "%d made%s%s, %d were there, %.1f s: '%s'",
                outcome.made(),
                outcome.reused() == 0 ? "" : ", " + outcome.reused() + " found finished",
                outcome.failed() == 0 ? "" : ", " + outcome.failed() + " failed",
                there,
                seconds,
                manifest.path());
    return new Result(outcome.failed() == 0 ? 0 : 1, text, fields);
  }

  private void tell(Course course) {
    if (System.nanoTime() - lastLine > NANOS_BETWEEN_LINES) {
      lastLine = System.nanoTime();
      note(course.line());
      course.write(session().resolve(out));
    }
  }
}
