package io.zoetrope.spark.train;

import io.zoetrope.app.cli.Result;
import io.zoetrope.app.cli.Verb;
import io.zoetrope.app.cli.terminal.Cancellation;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.app.cli.terminal.StepProgress;
import io.zoetrope.app.cli.words.UsageError;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.spark.Sessions;
import io.zoetrope.spark.SparkOptions;
import io.zoetrope.spark.SparkSettings;
import io.zoetrope.torch.Share;
import io.zoetrope.torch.TextFiles;
import io.zoetrope.train.MetricsLog;
import io.zoetrope.train.World;
import io.zoetrope.train.method.Method;
import io.zoetrope.train.method.Methods;
import io.zoetrope.train.recipe.Recipe;
import java.nio.file.Files;
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
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code zoetrope spark train}. */
@Command(
    name = "train",
    description = {
      "Trains by a recipe, on several executors that share each batch: the same samples and noise"
          + " however many there are.",
      "A lost executor costs the steps since the last save. Recipe, data and runs must lie where all"
          + " machines see them. Ctrl-C saves and stops; --resume goes on, with as many workers as you"
          + " like."
    })
public final class TrainVerb extends Verb {
  @Parameters(
      paramLabel = "RECIPE",
      description = "A .yaml or .json file, or the name of a recipe that came with zoetrope.")
  private String recipe = "";

  @Option(
      names = "--workers",
      paramLabel = "N",
      required = true,
      description = "Executors that train together; the recipe's batch is a multiple of it.")
  private int workers;

  @Option(names = "--resume", description = "Continue from the newest checkpoint, if there is one.")
  private boolean resume;

  @Option(
      names = "--runs",
      paramLabel = "FOLDER",
      defaultValue = "runs",
      description = "Where run folders lie (default: ${DEFAULT-VALUE}).")
  private Path runs = Path.of("runs");

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Puts a value over the recipe's, as in objective.perFrame=0.5. Repeatable.")
  private List<String> settings = List.of();

  @Option(
      names = "--compare-every",
      paramLabel = "STEPS",
      defaultValue = "" + World.USUAL_COMPARISONS,
      description =
          "How often all parameters are compared by their hashes (default: ${DEFAULT-VALUE}).")
  private long compareEvery;

  @Mixin private final SparkOptions spark = new SparkOptions();

  private long lastLook = System.nanoTime();

  public TrainVerb(Session session) {
    super(session);
  }

  @Override
  protected Result run() throws Exception {
    atLeast("--workers", workers);
    atLeast("--compare-every", compareEvery);
    Path file = find();
    Recipe<Method> parsed = Methods.ALL.read(file, settings, "--set");
    int unused = new Share(0, workers).of(parsed.batch());
    Path base = session().resolve(Path.of("")).toAbsolutePath().normalize();
    Path folder = base.resolve(runs).normalize();
    Order order =
        new Order(
            file.toString(),
            TextFiles.lenient(file),
            settings,
            base.toString(),
            folder.toString(),
            workers,
            resume,
            compareEvery);
    Path root = folder.resolve(parsed.name());
    End end;
    try (SparkSession open =
            Sessions.open(patient(spark.settings(), workers), "zoetrope " + parsed.name());
        StepProgress progress = new StepProgress(session(), output(), "training")) {
      Cancellation cancellation = session().cancellation();
      end =
          new SharedRun(
                  open,
                  order,
                  cancellation::cancelled,
                  () -> look(root, parsed.steps(), progress),
                  this::note)
              .run();
    }
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("recipe", file.toString());
    fields.put("run", root.toString());
    fields.put("workers", workers);
    fields.put("steps", parsed.steps());
    fields.put("step", end.step());
    fields.put("skipped", end.skipped());
    fields.put("cancelled", end.cancelled());
    fields.put("product", end.cancelled() ? null : end.product());
    if (end.cancelled()) {
      note("stopped after step %s of %s; --resume goes on".formatted(end.step(), parsed.steps()));
      return new Result(session().cancellation().exitCode(), "", fields);
    }
    return Result.of(end.product(), fields);
  }

  private static void atLeast(String option, long value) {
    if (value < 1) {
      throw new UsageError("%s: must be 1 or more, is %s".formatted(option, value));
    }
  }

  /**
   * A stage that fails is submitted again here, from the last save; an executor in place of a lost
   * one may take a while to come. On this machine alone, several workers are processes of their own
   * all the same.
   */
  static SparkSettings patient(SparkSettings said, int workers) {
    SparkSettings where = said;
    if (said.local() && workers > 1) {
      int cores = said.threads().orElse(Math.max(1, said.cores() / workers));
      where =
          new SparkSettings(
              "local-cluster[%s,%s,1024]".formatted(workers, cores), said.threads(), said.conf());
    }
    return where
        .withDefault("spark.stage.maxConsecutiveAttempts", "1")
        .withDefault("spark.excludeOnFailure.enabled", "false")
        .withDefault("spark.dynamicAllocation.enabled", "false")
        .withDefault("spark.scheduler.barrier.maxConcurrentTasksCheck.interval", "2s")
        .withDefault("spark.scheduler.barrier.maxConcurrentTasksCheck.maxFailures", "60");
  }

  /** How far the worker that leads is, as its log says. */
  private void look(Path root, long steps, StepProgress progress) {
    if (System.nanoTime() - lastLook < 2_000_000_000L) {
      return;
    }
    lastLook = System.nanoTime();
    List<JsonNode> lines = new MetricsLog(root.resolve("metrics.jsonl")).lines();
    if (!lines.isEmpty()) {
      JsonNode last = lines.getLast();
      progress.update(
          last.path("step").longValue(),
          steps,
          String.format(Locale.ROOT, "loss %.4f", last.path("loss").doubleValue()));
    }
  }

  /** The file of a recipe: as named, or one of those that came along. */
  private Path find() {
    Path direct = session().resolve(Path.of(recipe));
    if (Files.isRegularFile(direct)) {
      return direct;
    }
    for (Path root : List.of(session().resolve(Path.of("")), session().home().orElse(direct))) {
      Path named = root.resolve("recipes").resolve(recipe + ".yaml");
      if (Files.isRegularFile(named)) {
        return named;
      }
    }
    throw new UserError(
        Fault.NOT_FOUND,
        "there is no recipe '%s'".formatted(recipe),
        "name a .yaml file, or one of recipes/ without its ending");
  }
}
