package io.zoetrope.app.train;

import io.zoetrope.app.cli.Result;
import io.zoetrope.app.cli.Verb;
import io.zoetrope.app.cli.option.ClipOptions;
import io.zoetrope.app.cli.option.FitOption;
import io.zoetrope.app.cli.option.ModelFolders;
import io.zoetrope.app.cli.option.PromptOption;
import io.zoetrope.app.cli.option.SamplingOptions;
import io.zoetrope.app.cli.option.SeedOption;
import io.zoetrope.app.cli.option.SourceFile;
import io.zoetrope.app.cli.option.Values;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.app.cli.words.UsageError;
import io.zoetrope.error.UserError;
import io.zoetrope.media.Source;
import io.zoetrope.pipeline.family.ModelIndex;
import io.zoetrope.pipeline.model.Size;
import io.zoetrope.torch.AtomicFiles;
import io.zoetrope.train.Trainer;
import io.zoetrope.train.method.Method;
import io.zoetrope.train.method.Methods;
import io.zoetrope.train.recipe.Recipe;
import io.zoetrope.train.run.TrainingRun;
import io.zoetrope.train.run.Tune;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.text.Normalizer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code zoetrope tune}. */
@Command(
    name = "tune",
    description = {
      "Teaches a model one video, for 'restyle --inverted --tuned'.",
      "Tune-A-Video: an image model becomes one for video by it, and keeps how things move when their"
          + " words change. As in: zoetrope tune ball.mp4 \"a red ball moves right\""
    })
public final class TuneCommand extends Verb {
  private static final String EXAMPLE = "zoetrope tune ball.mp4 \"a red ball moves right\"";

  @Parameters(index = "0", paramLabel = "VIDEO", description = "What to learn.")
  private String video = "";

  @Parameters(index = "1..*", arity = "0..*", paramLabel = "PROMPT", description = "What it shows.")
  private List<String> words = List.of();

  @Option(
      names = {"-m", "--model"},
      paramLabel = "MODEL",
      defaultValue = SamplingOptions.BUNDLED,
      description = {
        "A folder, a name that 'zoetrope models' lists, ORG/NAME after 'zoetrope pull', or a"
            + " .safetensors file of Stable Diffusion 1.x (default: ${DEFAULT-VALUE})."
      })
  private String model = SamplingOptions.BUNDLED;

  @Option(
      names = "--steps",
      paramLabel = "N",
      converter = Values.TrainingSteps.class,
      defaultValue = "300",
      description = {
        "Steps of training; a checkpoint every 100 (default: ${DEFAULT-VALUE}). Too many, and every"
            + " prompt brings back the source."
      })
  private int steps;

  @Option(
      names = "--learning-rate",
      paramLabel = "RATE",
      converter = Values.Rate.class,
      description = "Of training (default: 3e-5, or 5e-4 for small networks).")
  private @Nullable Double rate;

  @Mixin private final ClipOptions shape = new ClipOptions();
  @Mixin private final FitOption fit = new FitOption();

  @Option(
      names = "--start",
      paramLabel = "SECONDS",
      converter = Values.Seconds.class,
      defaultValue = "0",
      description = "Where in the source to begin (default: ${DEFAULT-VALUE}).")
  private double start;

  @Mixin private final SeedOption seed = new SeedOption();

  @Option(
      names = "--dtype",
      paramLabel = "DTYPE",
      defaultValue = "auto",
      converter = Values.Dtype.class,
      description =
          "auto, f32 or bf16 (default: ${DEFAULT-VALUE}, bf16 where the processor multiplies it).")
  private String dtype = "auto";

  @Option(
      names = {"-o", "--out"},
      paramLabel = "FILE",
      description =
          "Where to put what was learned, a .safetensors file (default: in the run's folder).")
  private @Nullable String out;

  @Option(
      names = "--runs",
      paramLabel = "FOLDER",
      defaultValue = "runs",
      description = "Where run folders lie (default: ${DEFAULT-VALUE}).")
  private Path runs = Path.of("runs");

  @Option(names = "--resume", description = "Continue from the newest checkpoint, if there is one.")
  private boolean resume;

  public TuneCommand(Session session) {
    super(session);
  }

  @Override
  protected Result run() {
    String caption = PromptOption.require("PROMPT", String.join(" ", words), EXAMPLE);
    Path path = SourceFile.of(session(), "VIDEO", video);
    Optional<Path> target = Optional.ofNullable(out).map(this::target);
    Path folder = session().resolve(runs);
    if (shape.frames().orElse(2) < 2) {
      throw new UsageError("--frames 1 is a picture: a video is tuned, of two frames or more");
    }
    if (Source.check(path).still()) {
      throw still();
    }
    Path base = new ModelFolders(session()).find(model);
    Tune tune =
        new Tune(
            base,
            path,
            caption,
            shape(path, Tune.defaults(base)),
            steps,
            rate == null ? OptionalDouble.empty() : OptionalDouble.of(rate));
    String name = name(folder, path);
    String text = tune.recipe(name, seed.or(0), dtype);
    Recipe<Method> recipe = Methods.ALL.parse("the recipe of 'tune'", text, List.of());
    session().cancellation().check();
    TrainingRun.Outcome outcome;
    try (TrainingConsole console = new TrainingConsole(session(), output(), folder.resolve(name))) {
      outcome = TrainingRun.run(recipe, text, folder, resume, console);
    }
    return result(outcome, folder.resolve(name), target);
  }

  private Result result(TrainingRun.Outcome outcome, Path run, Optional<Path> target) {
    Trainer.Result training = outcome.training();
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("run", run.toString());
    fields.put("steps", steps);
    fields.put("step", training.step());
    fields.put("cancelled", training.cancelled());
    fields.put("product", null);
    if (training.cancelled()) {
      note("stopped after step %s of %s; --resume goes on".formatted(training.step(), steps));
      return new Result(session().cancellation().exitCode(), "", fields);
    }
    Path product = outcome.product();
    if (target.isPresent()) {
      Path made = product;
      AtomicFiles.file(
          target.get(), part -> Files.copy(made, part, StandardCopyOption.REPLACE_EXISTING));
      product = target.get();
    }
    fields.put("product", product.toString());
    return Result.of(product.toString(), fields);
  }

  /** What is taken of the video, said in a line. */
  private Tune.Shape shape(Path path, ModelIndex.Defaults usual) {
    Size size = shape.size().orElse(new Size(usual.width(), usual.height()));
    double fps = shape.fps().orElse(usual.fps());
    int most = shape.frames().orElse(usual.frames() > 1 ? usual.frames() : Tune.FRAMES);
    Source taken =
        Source.video(
            path,
            Source.Wish.of(size.width(), size.height())
                .at(fps)
                .from(start)
                .first(most)
                .fitted(fit.fit()));
    note(taken.report());
    int frames = taken.video().frames().size();
    if (frames < 2) {
      throw still();
    }
    return new Tune.Shape(size.width(), size.height(), frames, fps, start, fit.fit());
  }

  private UserError still() {
    return new UserError(
        "'%s' shows a single picture: a video is tuned, of two frames or more".formatted(video));
  }

  private Path target(String name) {
    if (!name.toLowerCase(Locale.ROOT).endsWith(".safetensors")) {
      throw new UsageError("--out '%s' must end in .safetensors".formatted(name));
    }
    return SourceFile.of(session(), "--out", name);
  }

  /** A run's name that is new or, to go on, the newest. */
  private String name(Path folder, Path path) {
    String file = String.valueOf(path.getFileName());
    int dot = file.lastIndexOf('.');
    String stem =
        "tune-"
            + Normalizer.normalize(dot > 0 ? file.substring(0, dot) : file, Normalizer.Form.NFKD)
                .replaceAll("[^A-Za-z0-9]+", "-");
    String plain = stem.substring(0, Math.min(60, stem.length()));
    String newest = plain;
    String next = plain;
    for (int i = 2; Files.exists(folder.resolve(next)); i++) {
      newest = next;
      next = plain + "-" + i;
    }
    return resume ? newest : next;
  }
}
