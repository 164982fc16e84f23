package io.zoetrope.app.command;

import io.zoetrope.app.charts.Plots;
import io.zoetrope.app.cli.Result;
import io.zoetrope.app.cli.Verb;
import io.zoetrope.app.cli.option.ModelFolders;
import io.zoetrope.app.cli.option.OutOption;
import io.zoetrope.app.cli.option.RunOptions;
import io.zoetrope.app.cli.option.SamplingOptions;
import io.zoetrope.app.cli.option.SeedOption;
import io.zoetrope.app.cli.option.Values;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.app.cli.terminal.StepProgress;
import io.zoetrope.app.cli.words.UsageError;
import io.zoetrope.data.toybox.Adherence;
import io.zoetrope.data.toybox.Analysis;
import io.zoetrope.data.toybox.Split;
import io.zoetrope.data.toybox.ToyboxAnalyser;
import io.zoetrope.data.toybox.ToyboxDataset;
import io.zoetrope.data.toybox.ToyboxPrompts;
import io.zoetrope.data.toybox.ToyboxPrompts.Prompt;
import io.zoetrope.error.UserError;
import io.zoetrope.eval.PromptAdherence;
import io.zoetrope.eval.features.VideoFeatures;
import io.zoetrope.eval.suite.Bench;
import io.zoetrope.eval.suite.FolderFigures;
import io.zoetrope.eval.suite.PromptFrechet;
import io.zoetrope.eval.suite.Reconstruction;
import io.zoetrope.eval.suite.Report;
import io.zoetrope.eval.suite.Suite;
import io.zoetrope.media.ContactSheet;
import io.zoetrope.media.Png;
import io.zoetrope.media.Video;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.family.Autoencoders;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.family.ModelIndex;
import io.zoetrope.pipeline.model.Size;
import io.zoetrope.pipeline.model.VideoModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code zoetrope evaluate}. */
@Command(
    name = "evaluate",
    description = {
      "Measures how well a model does what prompts say, on Toybox prompts that it never saw.",
      "An analyser looks at every video; --truth measures the analyser itself on rendered clips."
          + " --suite measures one task instead, --videos what lies on disk, --autoencoder an"
          + " autoencoder."
    })
public final class EvaluateCommand extends Verb {
  private static final int SHEET_ROWS = 24;

  /** Frames of a video of the suite roll, where nothing is said. */
  private static final int ROLLED = 256;

  @Option(
      names = {"-n", "--count"},
      paramLabel = "N",
      converter = Values.Count.class,
      description = "How many prompts (default: 200; 50 of a suite).")
  private @Nullable Integer count;

  @Option(
      names = "--suite",
      paramLabel = "TASK",
      description =
          "Measure a task: animate, interpolate, loop, restyle, refine, extend, travel or roll.")
  private @Nullable String suite;

  @Option(
      names = "--autoencoder",
      paramLabel = "FOLDER",
      description = "Measure an autoencoder, of a run or a model: rendered clips, there and back.")
  private @Nullable String autoencoder;

  @Option(
      names = "--latent-noise",
      paramLabel = "S",
      converter = Values.Augmentation.class,
      description =
          "With --autoencoder: noise of deviation S on latents, as samplers leave it, other on each"
              + " frame (default: none).")
  private @Nullable Double latentNoise;

  @Option(
      names = "--cascade",
      paramLabel = "FILE",
      description = "Measure the videos of a cascade (docs/cascades.md) in place of a model's.")
  private @Nullable String cascade;

  @Option(
      names = "--refiner",
      paramLabel = "MODEL",
      description =
          "The model that the suite refine refines with (default: the one that --model names, else"
              + " itself).")
  private @Nullable String refiner;

  @Option(
      names = "--frames",
      paramLabel = "N",
      converter = Values.Count.class,
      description = "Frames of each video (default: the model's; 256 of the suite roll).")
  private @Nullable Integer frames;

  @Option(
      names = "--size",
      paramLabel = "WxH",
      converter = Values.Shape.class,
      description = "Width and height of each video in pixels (default: the model's).")
  private @Nullable Size size;

  @Option(
      names = "--videos",
      paramLabel = "FOLDER",
      description = "Measure the videos of a folder, whoever made them.")
  private @Nullable String videos;

  @Option(
      names = "--reference",
      paramLabel = "FOLDER",
      description = "With --videos: what they should look like.")
  private @Nullable String reference;

  @Option(
      names = "--seams",
      paramLabel = "N,N...",
      split = ",",
      converter = Values.Count.class,
      description = "With --videos: frames at which clips were joined.")
  private List<Integer> seams = List.of();

  @Option(
      names = "--frechet",
      description = "Also measure the Frechet distance to rendered clips (suites do if they can).")
  private boolean frechet;

  @Option(
      names = "--features",
      paramLabel = "FILE",
      description = {
        "What Frechet distances are made of: a TorchScript file (with I3D it is FVD), or a"
            + " classifier's folder (default: toybox-classifier)."
      })
  private @Nullable String features;

  @Option(
      names = "--split",
      paramLabel = "SPLIT",
      defaultValue = "held_out",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private ToyboxCommand.Which split = ToyboxCommand.Which.held_out;

  @Option(names = "--truth", description = "Look at rendered clips instead of generated ones.")
  private boolean truth;

  @Option(
      names = "--batch",
      paramLabel = "N",
      converter = Values.Batch.class,
      defaultValue = "4",
      description = "Videos sampled at once (default: ${DEFAULT-VALUE}).")
  private int batch;

  @Option(
      names = "--sheet",
      paramLabel = "FILE",
      description = "Also write a contact sheet of the first 24 videos to this .png.")
  private @Nullable String sheet;

  @Option(
      names = "--sheet-columns",
      paramLabel = "N",
      converter = Values.Batch.class,
      defaultValue = "8",
      description = "Frames of each video on the sheet (default: ${DEFAULT-VALUE}).")
  private int sheetColumns;

  @Option(
      names = "--plots",
      paramLabel = "FOLDER",
      description = "Also write a suite's plots to this folder.")
  private @Nullable String plots;

  @Mixin private final SeedOption seed = new SeedOption();
  @Mixin private final SamplingOptions sampling = new SamplingOptions();
  @Mixin private final RunOptions run = new RunOptions();

  public EvaluateCommand(Session session) {
    super(session);
  }

  @Override
  protected Result run() {
    Optional<Path> sheetFile = OutOption.picture(session(), "--sheet", sheet);
    boolean coder = autoencoder != null;
    if (Stream.of(suite != null, videos != null, truth, coder).filter(asked -> asked).count() > 1) {
      throw new UsageError(
          "--suite, --videos, --autoencoder and --truth each measure something else: give one");
    }
    if (videos == null && (reference != null || !seams.isEmpty())) {
      throw new UsageError("--reference and --seams go with --videos FOLDER");
    }
    if (latentNoise != null && !coder) {
      throw new UsageError("--latent-noise goes with --autoencoder FOLDER");
    }
    if (cascade != null && (suite != null || videos != null || truth || coder)) {
      throw new UsageError(
          "--cascade goes with prompts: leave --suite, --videos, --autoencoder and --truth out");
    }
    if (size != null && (suite != null || videos != null || coder)) {
      throw new UsageError(
          "--size goes with prompts: leave --suite, --videos and --autoencoder out");
    }
    boolean anyLength = suite == null || suite.equals("roll");
    if (frames != null && (videos != null || coder || !anyLength)) {
      throw new UsageError("--frames goes with prompts and with --suite roll");
    }
    if (refiner != null && !"refine".equals(suite)) {
      throw new UsageError("--refiner goes with --suite refine");
    }
    long start = System.nanoTime();
    Found found;
    if (suite != null) {
      found = suite(suite);
    } else if (videos != null) {
      found = folder(session().resolve(Path.of(videos)));
    } else if (autoencoder != null) {
      found = autoencoder(coderFolder(autoencoder));
    } else {
      found = prompts();
    }
    Map<String, @Nullable Object> fields = new LinkedHashMap<>(found.fields);
    double seconds = (System.nanoTime() - start) / 1e9;
    fields.put("seconds", Math.round(seconds * 10) / 10.0);
    if (sheetFile.isPresent() && !found.rows.isEmpty()) {
      Png.write(sheetFile.get(), ContactSheet.of(found.rows, sheetColumns));
      note("wrote " + sheetFile.get());
    }
    return Result.of(found.text, fields);
  }

  /** What came out, and some of the videos. */
  private record Found(
      String text, Map<String, @Nullable Object> fields, List<ContactSheet.Row> rows) {}

  private Split which() {
    return split == ToyboxCommand.Which.train ? Split.TRAIN : Split.HELD_OUT;
  }

  private Map<String, @Nullable Object> about(String model, long seedValue) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("model", model);
    fields.put("split", split.name());
    fields.put("seed", seedValue);
    return fields;
  }

  private Found prompts() {
    int n = count == null ? 200 : count;
    long seedValue = seed.or(0);
    EvaluationTally tally = new EvaluationTally(SHEET_ROWS);
    Map<String, @Nullable Object> fields =
        about(truth ? "truth" : sampling.model(session()), seedValue);
    String more = "";
    try (StepProgress progress = new StepProgress(session(), output(), "evaluating")) {
      if (truth) {
        render(rendered(seedValue), n, tally, progress);
      } else {
        List<Prompt> prompts =
            which() == Split.TRAIN
                ? ToyboxPrompts.trained(n, seedValue)
                : ToyboxPrompts.heldOut(n, seedValue);
        if (cascade != null) {
          fields.put("cascade", cascade);
        }
        try (Extractor extractor = extractor(frechet || features != null)) {
          Optional<PromptFrechet> distance =
              extractor.value().map(e -> new PromptFrechet(e, seedValue));
          PromptAdherence found = generate(prompts, seedValue, tally, distance, progress);
          fields.put("by_colour", found.byColour());
          fields.put("by_shape", found.byShape());
          fields.put("by_motion", found.byMotion());
          if (distance.isPresent()) {
            Report report = new Report().frechet(distance.map(PromptFrechet::distance));
            fields.putAll(report.fields());
            more = "\n" + report.text();
          }
        }
      }
    }
    fields.putAll(tally.fields());
    return new Found(tally.text() + more, fields, tally.rows());
  }

  private ToyboxDataset rendered(long seedValue) {
    ToyboxDataset usual = new ToyboxDataset(seedValue, which());
    return new ToyboxDataset(
        seedValue,
        which(),
        size == null ? usual.width() : size.width(),
        size == null ? usual.height() : size.height(),
        frames == null ? usual.frames() : frames,
        usual.fps());
  }

  private void render(ToyboxDataset data, int n, EvaluationTally tally, StepProgress progress) {
    for (int i = 0; i < n; i++) {
      session().cancellation().check();
      Video video = data.get(i).video();
      Analysis seen = ToyboxAnalyser.analyse(video);
      tally.add(data.caption(i), Adherence.of(seen, data.scene(i)), seen, video);
      progress.update(i + 1, n, tally.words());
    }
  }

  private PromptVideos maker(List<String> texts, long firstSeed, StepProgress progress) {
    PromptVideos.Extent extent =
        new PromptVideos.Extent(Optional.ofNullable(size), Optional.ofNullable(frames));
    if (cascade != null) {
      return new CascadeVideos(
          session(), cascade, sampling, run, extent, texts, firstSeed, progress);
    }
    Path folder = new ModelFolders(session()).find(sampling.model(session()));
    return new BatchSampling(
        VideoModel.load(choice(folder), progress),
        sampling,
        extent,
        texts,
        firstSeed,
        batch,
        progress);
  }

  private PromptAdherence generate(
      List<Prompt> prompts,
      long firstSeed,
      EvaluationTally tally,
      Optional<PromptFrechet> distance,
      StepProgress progress) {
    List<String> texts = prompts.stream().map(Prompt::text).toList();
    try (PromptVideos maker = maker(texts, firstSeed, progress)) {
      return PromptAdherence.measure(
          prompts,
          maker::video,
          (result, video) -> {
            tally.add(result.prompt().text(), result.adherence(), result.seen(), video);
            distance.ifPresent(d -> d.add(result.prompt(), video));
            progress.update(tally.size(), prompts.size(), tally.words());
            session().cancellation().check();
          });
    }
  }

  private Found suite(String task) {
    Suite wanted = Suite.of(task, frames == null ? ROLLED : frames);
    Optional<Path> plotFolder = Plots.folder(session(), plots);
    long seedValue = seed.or(0);
    Map<String, @Nullable Object> fields = about(sampling.model(session()), seedValue);
    fields.put("suite", task);
    ModelFolders models = new ModelFolders(session());
    Path folder = models.find(sampling.model(session()));
    Optional<Path> second =
        task.equals("refine")
            ? models.refiner(Optional.ofNullable(refiner), folder)
            : Optional.empty();
    second.ifPresent(path -> fields.put("refiner", path.toString()));
    try (Extractor extractor = extractor(true);
        StepProgress progress = new StepProgress(session(), output(), task);
        VideoModel model = VideoModel.load(choice(folder), progress);
        SecondModel other = SecondModel.load(second.map(run::choice), progress)) {
      Bench.Settings settings = settings(model.defaults(), seedValue);
      SuiteWatcher watcher = new SuiteWatcher(progress, SHEET_ROWS);
      Engine engine = new Engine(model);
      Engine refining = other.model().map(Engine::new).orElse(engine);
      Report report = wanted.run(new Bench(engine, refining, settings, extractor.value(), watcher));
      fields.put("count", settings.count());
      fields.put("steps", settings.steps());
      fields.put("guidance", settings.guidance());
      fields.put("sampler", settings.sampler());
      extractor.value().ifPresent(e -> fields.put("features", e.name()));
      fields.putAll(report.fields());
      plotFolder.ifPresent(to -> plot(report, to));
      return new Found(report.text(), fields, watcher.rows());
    }
  }

  private ModelChoice choice(Path folder) {
    return run.choice(folder).withTokenizer(sampling.tokenizer(session()));
  }

  private Bench.Settings settings(ModelIndex.Defaults d, long seedValue) {
    return new Bench.Settings(
        count == null ? 50 : count,
        seedValue,
        batch,
        which(),
        sampling.negative().strip(),
        sampling.steps().orElse(d.steps()),
        sampling.guidance().orElse(d.guidance()),
        sampling.sampler().orElse(d.sampler()));
  }

  private void plot(Report report, Path folder) {
    report
        .plots()
        .forEach((name, plot) -> {
          Path file = folder.resolve(name + ".png");
          Plots.write(file, plot);
          note("wrote " + file);
        });
  }

  private Found folder(Path folder) {
    Optional<Path> against = Optional.ofNullable(reference).map(r -> session().resolve(Path.of(r)));
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("videos", folder.toString());
    against.ifPresent(r -> fields.put("reference", r.toString()));
    try (Extractor extractor = extractor(against.isPresent());
        StepProgress progress = new StepProgress(session(), output(), "measuring")) {
      SuiteWatcher watcher = new SuiteWatcher(progress, SHEET_ROWS);
      Report report = new FolderFigures(folder, against, seams).run(extractor.value(), watcher);
      extractor.value().ifPresent(e -> fields.put("features", e.name()));
      fields.putAll(report.fields());
      return new Found(report.text(), fields, watcher.rows());
    }
  }

  /** A folder, or a model by its name. */
  private Path coderFolder(String wanted) {
    Path direct = session().resolve(Path.of(wanted));
    return Files.isDirectory(direct) ? direct : new ModelFolders(session()).find(wanted);
  }

  private Found autoencoder(Path folder) {
    long seedValue = seed.or(0);
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("autoencoder", folder.toString());
    fields.put("split", split.name());
    fields.put("seed", seedValue);
    Reconstruction asked =
        new Reconstruction(
            count == null ? 50 : count,
            seedValue,
            batch,
            which(),
            latentNoise == null ? 0 : latentNoise);
    try (Autoencoders.Opened opened = Autoencoders.open(folder);
        Extractor extractor = extractor(true);
        StepProgress progress = new StepProgress(session(), output(), "measuring")) {
      SuiteWatcher watcher = new SuiteWatcher(progress, SHEET_ROWS);
      Report report = asked.run(opened.autoencoder(), extractor.value(), watcher);
      fields.put("count", asked.count());
      fields.put("latent_noise", asked.noise());
      extractor.value().ifPresent(e -> fields.put("features", e.name()));
      fields.putAll(report.fields());
      return new Found(report.text(), fields, watcher.rows());
    }
  }

  private Extractor extractor(boolean wanted) {
    if (!wanted) {
      return new Extractor(Optional.empty());
    }
    Optional<VideoFeatures> found = Extractors.find(session(), features);
    if (found.isEmpty()) {
      if (frechet) {
        throw new UserError(
            "no toybox-classifier is there for --frechet: train recipes/toybox-classifier.yaml,"
                + " or name a file with --features");
      }
      note("no toybox-classifier is there: no Frechet distances");
    }
    return new Extractor(found);
  }

  /** It may be there, and is closed if so. */
  private record Extractor(Optional<VideoFeatures> value) implements AutoCloseable {
    @Override
    public void close() {
      value.ifPresent(VideoFeatures::close);
    }
  }
}
