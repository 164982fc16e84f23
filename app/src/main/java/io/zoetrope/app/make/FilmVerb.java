package io.zoetrope.app.make;

import io.zoetrope.app.cli.Result;
import io.zoetrope.app.cli.Verb;
import io.zoetrope.app.cli.option.OutOption;
import io.zoetrope.app.cli.option.OutOption.Target;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.app.cli.terminal.StepProgress;
import io.zoetrope.checkpoint.lora.LoraReport;
import io.zoetrope.media.OutputFormat;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.order.Made;
import io.zoetrope.pipeline.order.ModelRef;
import io.zoetrope.pipeline.order.Studio;
import io.zoetrope.pipeline.order.VideoOrder;
import io.zoetrope.progress.Timings;
import io.zoetrope.torch.ComputeDevice;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
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

  FilmVerb(Session session) {
    super(session);
  }

  /** What is asked for. Its seed is set. */
  abstract VideoOrder order();

  /** For a name of our own. */
  String name(VideoOrder order) {
    return order.task().title(order.wish()) + " " + order.wish().seed().orElseThrow();
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
    timings.sinceProcessStart("start");
    VideoOrder order = order();
    try (Target target = out.choose(session(), output().json(), name(order), OutputFormat.MP4)) {
      return run(order, target, timings);
    }
  }

  private Result run(VideoOrder order, Target target, Timings timings) {
    Made made = made(order, target);
    timings.add(made.timings());
    note(
        "%s frames of %sx%s, seed %s, %s"
            .formatted(
                made.frames(),
                made.request().width(),
                made.request().height(),
                made.request().seed(),
                timings));
    return Result.of(target.deliver(), fields(target, made, timings));
  }

  private Made made(VideoOrder order, Target target) {
    try (FilmFile file = new FilmFile(this, target, !bare)) {
      try {
        return Studio.make(order, new FolderSources(session()), file, file.progress());
      } catch (CancellationException e) {
        CancellationException stopped = file.stopped(e, order.wish().frames());
        if (file.kept()) {
          target.deliver();
        }
        throw stopped;
      }
    }
  }

  /** Progress of what is computed, from now on. */
  final StepProgress watch() {
    return new StepProgress(session(), output(), doing());
  }

  /** As {@link Verb#note}, for its file. */
  final void tell(String line) {
    note(line);
  }

  private Map<String, @Nullable Object> fields(Target target, Made made, Timings timings) {
    VideoRequest request = made.request();
    ModelRef model = made.order().model();
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("out", target.name());
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
