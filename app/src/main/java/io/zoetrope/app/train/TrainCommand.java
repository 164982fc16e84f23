package io.zoetrope.app.train;

import io.zoetrope.app.cli.Result;
import io.zoetrope.app.cli.Verb;
import io.zoetrope.app.cli.option.Values;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.app.cli.words.UsageError;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.PeerLost;
import io.zoetrope.torch.TextFiles;
import io.zoetrope.train.Trainer;
import io.zoetrope.train.TrainingListener;
import io.zoetrope.train.method.Method;
import io.zoetrope.train.method.Methods;
import io.zoetrope.train.recipe.Recipe;
import io.zoetrope.train.run.TrainingRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code zoetrope train}. */
@Command(
    name = "train",
    description = {
      "Trains a model by a recipe (see recipes/), in a folder named after it under runs/.",
      "Ctrl-C saves a checkpoint and stops; --resume goes on as if nothing had happened."
    })
public final class TrainCommand extends Verb {
  @Parameters(
      paramLabel = "RECIPE",
      description = "A .yaml or .json file, or the name of a recipe that came with zoetrope.")
  private String recipe = "";

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
      names = "--workers",
      paramLabel = "N",
      converter = Values.Workers.class,
      defaultValue = "1",
      description = {
        "Train by N processes of this machine, each of which computes its share of every batch on"
            + " its part of the processors: faster where a model is small or other programs hold"
            + " processors, for N times the memory (default: ${DEFAULT-VALUE})."
      })
  private int workers;

  @Option(
      names = "--check",
      description = {
        "Only say what is wrong: reads all that the recipe names and trains a step on three clips,"
            + " in a folder that is deleted."
      })
  private boolean check;

  public TrainCommand(Session session) {
    super(session);
  }

  @Override
  protected Result run() throws IOException {
    if (check && workers > 1) {
      throw new UsageError("--check trains a single step: leave --workers out");
    }
    Path file = find();
    Recipe<Method> parsed = Methods.ALL.read(file, settings, "--set");
    Path folder = session().resolve(runs);
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("recipe", file.toString());
    fields.put("run", folder.resolve(parsed.name()).toString());
    fields.put("steps", parsed.steps());
    if (check) {
      check(file);
      return Result.of("%s: good, %s steps".formatted(file, parsed.steps()), fields);
    }
    session().cancellation().check();
    TrainingRun.Outcome outcome;
    try (TrainingConsole console =
        new TrainingConsole(session(), output(), folder.resolve(parsed.name()))) {
      outcome = train(parsed, file, folder, console);
    }
    Trainer.Result training = outcome.training();
    fields.put("step", training.step());
    fields.put("skipped", training.skipped());
    fields.put("cancelled", training.cancelled());
    fields.put("product", training.cancelled() ? null : outcome.product().toString());
    if (training.cancelled()) {
      note(
          "stopped after step %s of %s; 'zoetrope train %s%s%s --resume' goes on"
              .formatted(
                  training.step(),
                  parsed.steps(),
                  recipe,
                  again(),
                  workers > 1 ? " --workers " + workers : ""));
      return new Result(session().cancellation().exitCode(), "", fields);
    }
    return Result.of(outcome.product().toString(), fields);
  }

  private TrainingRun.Outcome train(
      Recipe<Method> parsed, Path file, Path folder, TrainingListener listener) throws IOException {
    String text = text(file, settings);
    if (workers == 1) {
      return TrainingRun.run(parsed, text, folder, resume, listener);
    }
    LocalWorker.Task task =
        new LocalWorker.Task(file.toAbsolutePath(), settings, folder.toAbsolutePath(), resume);
    String heap = (Runtime.getRuntime().maxMemory() >> 20) + "m";
    try (LocalWorkers others = new LocalWorkers(workers, heap, task)) {
      return TrainingRun.run(parsed, text, folder, resume, listener, others.world());
    } catch (PeerLost e) {
      throw new UserError(
          Fault.UNREACHABLE,
          String.valueOf(e.getMessage()),
          "'zoetrope train %s%s --workers %s --resume' goes on after what was saved last"
              .formatted(recipe, again(), workers));
    }
  }

  /** A step on a few clips: what would fail in the first minute fails now. */
  private void check(Path file) {
    List<String> trial = new ArrayList<>(settings);
    trial.addAll(List.of("steps=1", "schedule.warmup=0", "sample.every=0"));
    try (CheckConsole console = new CheckConsole(session(), output())) {
      TrainingRun.check(Methods.ALL.read(file, trial, "--set"), console);
    }
    session().cancellation().check();
  }

  /** The recipe as it is kept beside the run, with what was put over it. */
  static String text(Path file, List<String> settings) throws IOException {
    StringBuilder text = new StringBuilder(TextFiles.lenient(file));
    for (String setting : settings) {
      text.append("\n# --set ").append(setting.replaceAll("\\s+", " "));
    }
    return settings.isEmpty() ? text.toString() : text.append('\n').toString();
  }

  private String again() {
    return settings.stream().map(s -> " --set '" + s + "'").collect(Collectors.joining());
  }

  /** The file of a recipe: as named, or one of those that came along. */
  private Path find() {
    Path direct = session().resolve(Path.of(recipe));
    if (Files.isRegularFile(direct)) {
      return direct;
    }
    if (Files.isDirectory(direct)) {
      throw new UserError("'" + direct + "' is a folder: name a recipe in it");
    }
    for (Path root : List.of(session().resolve(Path.of("")), session().home().orElse(direct))) {
      for (String ending : List.of(".yaml", ".yml", ".json")) {
        Path named = root.resolve("recipes").resolve(recipe + ending);
        if (Files.isRegularFile(named)) {
          return named;
        }
      }
    }
    throw new UserError(
        "there is no recipe '%s': name a .yaml file, or one of recipes/ without its ending"
            .formatted(recipe));
  }
}
