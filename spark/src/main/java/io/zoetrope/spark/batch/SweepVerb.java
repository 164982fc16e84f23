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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
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
    long files = 0;
    long bytes = 0;
    for (Path folder : List.of(root.resolve("clips"), Attempts.of(root))) {
      for (Path file : files(folder)) {
        String path = root.relativize(file).toString().replace('\\', '/');
        if (!named.contains(path) && Files.getLastModifiedTime(file).toInstant().isBefore(before)) {
          files++;
          bytes += Files.size(file);
          if (!dry) {
            Files.delete(file);
          }
        }
      }
      prune(folder);
    }
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("files", files);
    fields.put("bytes", bytes);
    fields.put("named", named.size());
    String verb = dry ? "would go" : "gone";
    String text = "%s files, %s bytes %s; %s are named".formatted(files, bytes, verb, named.size());
    return Result.of(text, fields);
  }

  private static List<Path> files(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile).toList();
    }
  }

  /** Folders that are empty now. */
  private void prune(Path folder) throws IOException {
    if (dry || !Files.isDirectory(folder)) {
      return;
    }
    List<Path> folders;
    try (Stream<Path> all = Files.list(folder)) {
      folders = all.filter(Files::isDirectory).toList();
    }
    for (Path each : folders) {
      try (Stream<Path> inside = Files.list(each)) {
        if (inside.findAny().isPresent()) {
          continue;
        }
      }
      Files.delete(each);
    }
  }
}
