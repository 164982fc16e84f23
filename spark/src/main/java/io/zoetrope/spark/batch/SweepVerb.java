package io.zoetrope.spark.batch;

import io.zoetrope.app.cli.Result;
import io.zoetrope.app.cli.Verb;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.app.cli.words.UsageError;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.spark.Sessions;
import io.zoetrope.spark.SparkOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code zoetrope spark sweep}. */
@Command(
    name = "sweep",
    description = {
      "Deletes what 'spark generate' left behind: files that no row of the manifest names, older than"
          + " a day."
    })
public final class SweepVerb extends Verb {
  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "The folder of clips and manifest.")
  private Path out = Path.of("");

  @Option(
      names = "--older",
      paramLabel = "HOURS",
      defaultValue = "24",
      description = "Leave what is younger: it may be on its way (default: ${DEFAULT-VALUE}).")
  private double hours;

  @Option(names = "--dry-run", description = "Only say what would go.")
  private boolean dry;

  @Mixin private final SparkOptions spark = new SparkOptions();

  public SweepVerb(Session session) {
    super(session);
  }

  @Override
  protected Result run() throws Exception {
    if (!(hours >= 0)) {
      throw new UsageError("--older: must be 0 or more, is " + hours);
    }
    Manifest manifest = new Manifest(session().resolve(out).toAbsolutePath().normalize());
    if (!manifest.begun()) {
      throw new UserError(
          Fault.NOT_FOUND, "there is no manifest in '%s'".formatted(manifest.root()));
    }
    Instant before = Instant.now().minus(Duration.ofMillis(Math.round(hours * 3_600_000)));
    try (RunLock lock = RunLock.of(manifest.root());
        SparkSession open = Sessions.open(spark.settings(), "zoetrope sweep")) {
      return swept(manifest.root(), manifest.files(open), before);
    }
  }

  private Result swept(Path root, Set<String> named, Instant before) throws IOException {
    Sweep.Gone gone = new Sweep(root, named, before, dry).run();
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("files", gone.files());
    fields.put("bytes", gone.bytes());
    fields.put("named", named.size());
    String verb = dry ? "would go" : "gone";
    String text =
        "%s files, %s bytes %s; %s are named"
            .formatted(gone.files(), gone.bytes(), verb, named.size());
    return Result.of(text, fields);
  }
}
