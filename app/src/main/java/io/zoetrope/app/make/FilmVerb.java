package io.zoetrope.app.make;

import io.zoetrope.app.cli.Result;
import io.zoetrope.app.cli.Verb;
import io.zoetrope.app.cli.option.FolderSources;
import io.zoetrope.app.cli.option.OutOption;
import io.zoetrope.app.cli.option.OutOption.Target;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.app.cli.terminal.StepProgress;
import io.zoetrope.app.cli.words.UsageError;
import io.zoetrope.checkpoint.lora.LoraReport;
import io.zoetrope.media.ContactSheet;
import io.zoetrope.media.OutputFormat;
import io.zoetrope.media.Png;
import io.zoetrope.pipeline.cascade.CascadeRun;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.order.KeptModels;
import io.zoetrope.pipeline.order.Made;
import io.zoetrope.pipeline.order.ModelRef;
import io.zoetrope.pipeline.order.Sources;
import io.zoetrope.pipeline.order.Studio;
import io.zoetrope.pipeline.order.VideoOrder;
import io.zoetrope.progress.Timings;
import io.zoetrope.torch.ComputeDevice;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A command that has an order made and puts the video into a file. */
public abstract class FilmVerb extends Verb {
  @Mixin private final OutOption out = new OutOption();

  @Option(
      names = "--no-metadata",
      description = "Do not write into the file from which order it was made ('zoetrope again').")
  private boolean bare;

  @Option(
      names = "--preview",
      paramLabel = "FILE",
      description = {
        "While sampling, keep a small file of what the video is by now: .webp, .gif, .mp4, .webm, or"
            + " .png or .jpg for a contact sheet."
      })
  private @Nullable String preview;

  @Option(
      names = "--preset",
      paramLabel = "NAME",
      description = {
        "Options by the name that a preset of yours has (docs/configuration.md); those that are typed"
            + " count more."
      })
  private @Nullable String preset;

  private final Set<String> told = new HashSet<>();

  FilmVerb(Session session) {
    super(session);
  }

  /** What is asked for. */
  abstract Batch batch();

  /** Whether files remember the order. */
  boolean remembers() {
    return !bare;
  }

  /** Where a preview goes, if it is wanted. */
  final Optional<Path> preview() {
    return OutOption.film(session(), "--preview", preview);
  }

  /** The option that is about one video alone, if it is given. */
  Optional<String> alone() {
    return Optional.empty();
  }

  /** What a progress bar calls it. */
  String doing() {
    return "sampling";
  }

  /** What {@code --json} tells besides what it tells of every video. */
  Map<String, @Nullable Object> fields(Made made) {
    return new LinkedHashMap<>(made.details());
  }

  /** Told of each frame that is written, by how many there are then. */
  void written(long frames) {}

  /** Told of the latents. */
  void latents(VideoModel model, VideoRequest request, Tensor z_1CFHW) {}

  @Override
  protected final Result run() {
    Timings timings = new Timings();
    if (Boolean.getBoolean("zoetrope.prepared")) {
      timings.sinceJavaStart("start"); // the launcher built something in the same process
    } else {
      timings.sinceProcessStart("start");
    }
    preview();
    Batch batch = batch();
    out.requireApart(batch.takes(), OutputFormat.MP4);
    if (batch.single()) {
      SheetRow unused = new SheetRow("");
      return run(batch.videos().getFirst(), new FolderSources(session()), timings, unused);
    }
    alone()
        .ifPresent(option -> {
          throw new UsageError(option + " is for one video: leave it out to make several");
        });
    FolderSources folder = new FolderSources(session());
    if (!keepsModels()) {
      return run(batch, folder, timings);
    }
    try (KeptModels models = KeptModels.of(folder)) {
      return run(batch, models, timings);
    }
  }

  /** One after another, and a sheet of them. */
  private Result run(Batch batch, Sources sources, Timings first) {
    List<String> lines = new ArrayList<>();
    List<Map<String, @Nullable Object>> videos = new ArrayList<>();
    List<ContactSheet.Row> rows = new ArrayList<>();
    for (Batch.Video video : batch.videos()) {
      session().cancellation().check();
      String what = batch.words(video);
      note("%s of %s: %s".formatted(videos.size() + 1, batch.videos().size(), what));
      SheetRow row = new SheetRow(what);
      Timings timings = videos.isEmpty() ? first : new Timings();
      Result result;
      try {
        result = run(video, sources, timings, row);
      } catch (CancellationException e) {
        throw new CancellationException(
            "%s; %s of %s videos are done"
                .formatted(e.getMessage(), videos.size(), batch.videos().size()));
      }
      lines.add(result.text());
      videos.add(result.fields());
      rows.add(row.row());
    }
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("videos", videos);
    try (Target sheet = out.sheet(session(), batch.takes().getFirst())) {
      Png.write(sheet.path(), ContactSheet.of(rows, SheetRow.COLUMNS));
      lines.add(sheet.name());
      fields.put("sheet", sheet.name());
    }
    return Result.of(String.join("\n", lines), fields);
  }

  private Result run(Batch.Video video, Sources sources, Timings timings, SheetRow row) {
    List<Target> targets = out.places(session(), output().json(), video.take(), OutputFormat.MP4);
    try {
      Made made = made(video.order(), sources, targets, row);
      timings.add(made.timings());
      note(
          "%s frame%s of %sx%s, seed %s, %s"
              .formatted(
                  made.frames(),
                  made.frames() == 1 ? "" : "s",
                  made.request().width(),
                  made.request().height(),
                  made.request().seed(),
                  timings));
      String names = targets.stream().map(Target::deliver).collect(Collectors.joining("\n"));
      return Result.of(names, fields(targets, made, timings));
    } finally {
      targets.forEach(Target::close);
    }
  }

  private Made made(VideoOrder order, Sources sources, List<Target> targets, SheetRow row) {
    try (FilmFile file = new FilmFile(this, targets, remembers(), row)) {
      try {
        return Studio.make(order, sources, file, file.progress());
      } catch (CancellationException e) {
        CancellationException stopped = file.stopped(e, order.wish().frames());
        if (file.kept()) {
          targets.forEach(Target::deliver);
        }
        throw stopped;
      }
    }
  }

  /** Whether models stay loaded from one of several videos to the next. */
  boolean keepsModels() {
    return true;
  }

  /**
   * Who is told of the stages of a cascade.
   *
   * @param result where the video goes
   */
  CascadeRun.Watch stages(Path result) {
    return CascadeRun.Watch.NONE;
  }

  /** Progress of what is computed, from now on. */
  final StepProgress watch() {
    return new StepProgress(session(), output(), doing());
  }

  /** As {@link Verb#note}, for its file; of several videos the same is said once. */
  final void tell(String line) {
    if (told.add(line)) {
      note(line);
    }
  }

  private Map<String, @Nullable Object> fields(List<Target> targets, Made made, Timings timings) {
    VideoRequest request = made.request();
    ModelRef model = made.order().model();
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("out", targets.getFirst().name());
    if (targets.size() > 1) {
      fields.put("outs", targets.stream().map(Target::name).toList());
    }
    fields.put("prompt", request.prompt());
    fields.put("negative", request.negative());
    fields.put("seed", request.seed());
    fields.put("model", made.model().toString());
    model.motion().ifPresent(path -> fields.put("motion_adapter", path.toString()));
    if (!model.loras().isEmpty()) {
      fields.put("loras", loras(made));
    }
    fields.put("width", request.width());
    fields.put("height", request.height());
    fields.put("frames", made.frames());
    fields.put("fps", request.fps());
    fields.put("steps", request.steps());
    fields.put("guidance", request.guidance());
    fields.put("sampler", request.sampler());
    if (!made.sources().isEmpty()) {
      fields.put("sources", made.sources());
    }
    fields.putAll(fields(made));
    fields.put("device", ComputeDevice.of(model.device()).toString());
    fields.put("dtype", model.dtype());
    fields.put("seconds", timings.fields());
    fields.put("estimated_memory_bytes", made.memory());
    fields.put("peak_memory_bytes", Memory.peak().isPresent() ? Memory.peak().getAsLong() : null);
    return fields;
  }

  private static List<Map<String, Object>> loras(Made made) {
    List<Map<String, Object>> all = new ArrayList<>();
    for (int i = 0; i < made.loras().size(); i++) {
      LoraReport report = made.loras().get(i);
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("file", report.path().toString());
      one.put("scale", made.order().model().loras().get(i).scale());
      one.put("layers", report.layers());
      one.put("used", report.used());
      all.add(one);
    }
    return all;
  }
}
