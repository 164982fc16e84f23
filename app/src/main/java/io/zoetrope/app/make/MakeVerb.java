package io.zoetrope.app.make;

import io.zoetrope.app.cli.LongOptions;
import io.zoetrope.app.cli.LoraOption;
import io.zoetrope.app.cli.Memory;
import io.zoetrope.app.cli.ModelFolders;
import io.zoetrope.app.cli.OutOption;
import io.zoetrope.app.cli.OutOption.Target;
import io.zoetrope.app.cli.PartOptions;
import io.zoetrope.app.cli.Result;
import io.zoetrope.app.cli.RunOptions;
import io.zoetrope.app.cli.SamplingOptions;
import io.zoetrope.app.cli.SecondModel;
import io.zoetrope.app.cli.SeedOption;
import io.zoetrope.app.cli.Session;
import io.zoetrope.app.cli.ShapeOptions;
import io.zoetrope.app.cli.Size;
import io.zoetrope.app.cli.StepProgress;
import io.zoetrope.app.cli.Timings;
import io.zoetrope.app.cli.Verb;
import io.zoetrope.checkpoint.lora.LoraReport;
import io.zoetrope.media.OutputFormat;
import io.zoetrope.media.Video;
import io.zoetrope.media.VideoWriter;
import io.zoetrope.media.WriteOptions;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.family.LoraChoice;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.family.ModelIndex;
import io.zoetrope.pipeline.model.MemoryNeed;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.progress.Phase;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Scopes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;

/**
 * The common course of the commands that make a video: check, load, open the file, sample, write,
 * report. What cannot be written, and what no model is needed to see, fails before anything is
 * computed.
 */
public abstract class MakeVerb extends Verb {
  /** Bytes that are worth a word before they are taken. */
  private static final long LARGE = 2_000_000_000;

  @Mixin private final OutOption out = new OutOption();
  @Mixin private final SeedOption seed = new SeedOption();
  @Mixin private final SamplingOptions sampling = new SamplingOptions();
  @Mixin private final PartOptions parts = new PartOptions();
  @Mixin private final LongOptions length = new LongOptions();
  @Mixin private final LoraOption lora = new LoraOption();
  @Mixin private final RunOptions run = new RunOptions();

  private final List<String> sources = new ArrayList<>();

  MakeVerb(Session session) {
    super(session);
  }

  /** What is asked for; checks everything that needs no model. */
  abstract Order order();

  /** The words of a prompt as they were typed. */
  static String joined(List<String> words) {
    return String.join(" ", words).strip();
  }

  final SamplingOptions sampling() {
    return sampling;
  }

  /** A video on its way. */
  record Shot(
      Order order, Order.Models models, VideoRequest request, Target target, Timings timings) {}

  @Override
  protected final Result run() {
    Timings timings = new Timings();
    timings.sinceProcessStart("start");
    Prompts.check("--negative", sampling.negative());
    Order order = order();
    List<LoraChoice> loras = lora.choices(session());
    Optional<Path> tokenizer = sampling.tokenizer(session());
    Optional<Path> motion = parts.motion(session());
    long seedValue = seed.value();
    Target target = out.choose(session(), order.name() + " " + seedValue, OutputFormat.MP4);
    ModelFolders models = new ModelFolders(session());
    Path folder = models.find(sampling.model());
    Optional<Path> second = order.secondModel(models, folder);
    String dtype = run.dtype();
    ModelChoice choice =
        order.choice(parts.choice(folder, motion).withTokenizer(tokenizer).withLoras(loras));
    try (VideoModel model = VideoModel.load(choice.withDtype(dtype));
        SecondModel other = SecondModel.load(second, dtype)) {
      if (!order.single()) {
        model.requireVideo();
      }
      VideoRequest request = order.request(usual(model.defaults(), order, seedValue), model);
      MemoryNeed need = model.need(request, 1);
      if (need.total() > LARGE) {
        note("needs " + need.line());
      }
      model.loras().forEach(report -> note(report.line()));
      noteUnknownWords(model, order);
      timings.mark("load");
      Engine first = length.over(new Engine(model)).withGuide(order.guide());
      Order.Models both = new Order.Models(first, other.model().map(Engine::new).orElse(first));
      Shot shot = new Shot(order, both, request, target, timings);
      Written written = film(shot);
      note(
          "%d frames of %dx%d, seed %d, %s"
              .formatted(written.frames(), request.width(), request.height(), seedValue, timings));
      return Result.of(target.path().toString(), fields(shot, choice, dtype, written));
    }
  }

  /**
   * What came of it.
   *
   * @param frames in the file
   */
  record Written(long frames) {}

  /** Makes the video whole and writes it. */
  Written film(Shot shot) {
    VideoRequest request = shot.request();
    try (VideoWriter writer = open(shot, WriteOptions.at(request.fps()))) {
      Video video = sample(shot);
      video.frames().forEach(writer::write);
      session().cancellation().check();
      writer.commit();
      shot.timings().mark("write");
      return new Written(writer.frames());
    }
  }

  final VideoWriter open(Shot shot, WriteOptions options) {
    VideoRequest request = shot.request();
    VideoWriter writer =
        VideoWriter.open(
            shot.target().path(),
            shot.target().format(),
            request.width(),
            request.height(),
            options);
    shot.timings().mark("open");
    return writer;
  }

  private Video sample(Shot shot) {
    return Scopes.value(() -> {
      Order.Take take = shot.order().read(shot.models(), shot.request(), this::said);
      shot.timings().mark("read");
      try (StepProgress progress = new StepProgress(session(), output(), "sampling")) {
        session().cancellation().check();
        return take.make(shot.models().second(), shot.request(), timed(progress, shot.timings()));
      } finally {
        shot.timings().mark("decode");
      }
    });
  }

  /** Progress that also counts the time of steps. */
  static Progress timed(StepProgress progress, Timings timings) {
    return progress.then(report -> {
      if (report.phase() == Phase.SAMPLE) {
        timings.mark(report.done() == 1 ? "first step" : "steps");
      }
    });
  }

  /** What the model does best, in another shape. */
  static VideoRequest shaped(VideoRequest usual, ShapeOptions shape, int frames) {
    Size size = shape.size().orElse(new Size(usual.width(), usual.height()));
    return sized(usual, size, frames, shape.fps().orElse(usual.fps()));
  }

  static VideoRequest sized(VideoRequest usual, Size size, int frames, double fps) {
    return new VideoRequest(
        usual.prompt(),
        usual.negative(),
        usual.seed(),
        size.width(),
        size.height(),
        frames,
        fps,
        usual.steps(),
        usual.guidance(),
        usual.sampler());
  }

  final void said(String report) {
    sources.add(report);
    note(report);
  }

  private VideoRequest usual(ModelIndex.Defaults own, Order order, long seedValue) {
    ModelIndex.Defaults defaults = sampling.sampler().map(own::by).orElse(own);
    return new VideoRequest(
        order.prompts().getFirst(),
        sampling.negative().strip(),
        seedValue,
        defaults.width(),
        defaults.height(),
        defaults.frames(),
        defaults.fps(),
        sampling.steps().orElse(defaults.steps()),
        sampling.guidance().orElse(defaults.guidance()),
        defaults.sampler());
  }

  private void noteUnknownWords(VideoModel model, Order order) {
    TreeSet<String> unknown = new TreeSet<>();
    order.prompts().forEach(prompt -> unknown.addAll(model.unknownWords(prompt)));
    if (!unknown.isEmpty()) {
      note("the model has never seen the words: " + String.join(", ", unknown));
    }
    order
        .prompts()
        .forEach(prompt ->
            model
                .unread(prompt)
                .ifPresent(rest -> note("the prompt is too long; its end is not read: " + rest)));
  }

  private static List<Map<String, Object>> loraFields(VideoModel model, List<LoraChoice> loras) {
    List<Map<String, Object>> all = new ArrayList<>();
    for (int i = 0; i < loras.size(); i++) {
      LoraReport report = model.loras().get(i);
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("file", report.path().toString());
      one.put("scale", loras.get(i).scale());
      one.put("layers", report.layers());
      one.put("used", report.used());
      all.add(one);
    }
    return all;
  }

  private Map<String, @Nullable Object> fields(
      Shot shot, ModelChoice choice, String dtype, Written written) {
    List<LoraChoice> loras = choice.loras();
    VideoRequest request = shot.request();
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("out", shot.target().path().toString());
    fields.put("prompt", request.prompt());
    fields.put("negative", request.negative());
    fields.put("seed", request.seed());
    fields.put("model", choice.model().toString());
    choice.motion().ifPresent(path -> fields.put("motion_adapter", path.toString()));
    if (!loras.isEmpty()) {
      fields.put("loras", loraFields(shot.models().first().model(), loras));
    }
    fields.put("width", request.width());
    fields.put("height", request.height());
    fields.put("frames", written.frames());
    fields.put("fps", request.fps());
    fields.put("steps", request.steps());
    fields.put("guidance", request.guidance());
    fields.put("sampler", request.sampler());
    if (!sources.isEmpty()) {
      fields.put("sources", List.copyOf(sources));
    }
    fields.putAll(shot.order().fields());
    fields.put("device", "cpu");
    fields.put("dtype", dtype);
    fields.put("seconds", shot.timings().fields());
    fields.put("estimated_memory_bytes", shot.models().first().model().need(request, 1).total());
    fields.put("peak_memory_bytes", Memory.peak().isPresent() ? Memory.peak().getAsLong() : null);
    return fields;
  }
}
