package io.zoetrope.app.command;

import io.zoetrope.app.cli.ClipOptions;
import io.zoetrope.app.cli.Memory;
import io.zoetrope.app.cli.ModelFolders;
import io.zoetrope.app.cli.OutOption;
import io.zoetrope.app.cli.OutOption.Target;
import io.zoetrope.app.cli.Result;
import io.zoetrope.app.cli.RunOptions;
import io.zoetrope.app.cli.SamplingOptions;
import io.zoetrope.app.cli.SeedOption;
import io.zoetrope.app.cli.Session;
import io.zoetrope.app.cli.Size;
import io.zoetrope.app.cli.StepProgress;
import io.zoetrope.app.cli.Timings;
import io.zoetrope.app.cli.UsageError;
import io.zoetrope.app.cli.Verb;
import io.zoetrope.media.OutputFormat;
import io.zoetrope.media.Video;
import io.zoetrope.media.VideoWriter;
import io.zoetrope.media.WriteOptions;
import io.zoetrope.pipeline.ModelIndex;
import io.zoetrope.pipeline.TextToVideo;
import io.zoetrope.pipeline.VideoModel;
import io.zoetrope.pipeline.VideoRequest;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code zoetrope generate}. */
@Command(
    name = "generate",
    description = {
      "Makes a video from words.",
      "Prints the name of the file. The same prompt, seed and options give the same video."
    })
public final class GenerateCommand extends Verb {
  private static final int LONGEST_PROMPT = 2000;

  @Parameters(
      paramLabel = "PROMPT",
      arity = "1..*",
      description = "What to show, as in \"a red ball moves right\".")
  private List<String> words = List.of();

  @Mixin private final OutOption out = new OutOption();
  @Mixin private final SeedOption seed = new SeedOption();
  @Mixin private final ClipOptions clip = new ClipOptions();
  @Mixin private final SamplingOptions sampling = new SamplingOptions();
  @Mixin private final RunOptions run = new RunOptions();

  public GenerateCommand(Session session) {
    super(session);
  }

  @Override
  protected Result run() {
    Timings timings = new Timings();
    timings.sinceProcessStart("start");
    String prompt = prompt("PROMPT", String.join(" ", words));
    if (prompt.isEmpty()) {
      throw new UsageError(
          "the prompt is empty: say what to show, as in zoetrope generate \"a red ball moves right\"");
    }
    prompt("--negative", sampling.negative());
    long seedValue = seed.value();
    Target target = out.choose(session(), prompt + " " + seedValue, OutputFormat.MP4);
    Path folder = new ModelFolders(session()).find(sampling.model());
    String dtype = run.dtype();
    try (VideoModel model = VideoModel.load(folder, dtype)) {
      VideoRequest request = request(prompt, seedValue, model.defaults());
      List<String> unknown = model.unknownWords(prompt);
      if (!unknown.isEmpty()) {
        note("the model has never seen the words: " + String.join(", ", unknown));
      }
      timings.mark("load");
      // Opened first: what cannot be written is known before anything is computed.
      try (VideoWriter writer =
          VideoWriter.open(
              target.path(),
              target.format(),
              request.width(),
              request.height(),
              WriteOptions.at(request.fps()))) {
        timings.mark("open");
        Video video = sample(model, request, timings);
        video.frames().forEach(writer::write);
        session().cancellation().check();
        writer.commit();
        timings.mark("write");
      }
      note("%s, seed %d, %s".formatted(describe(request), seedValue, timings));
      return Result.of(target.path().toString(), fields(target, folder, request, dtype, timings));
    }
  }

  private Video sample(VideoModel model, VideoRequest request, Timings timings) {
    TextToVideo pipeline = new TextToVideo(model);
    try (StepProgress progress = new StepProgress(session(), output(), "sampling")) {
      session().cancellation().check();
      return pipeline.run(
          request,
          progress.then((done, total) -> {
            timings.mark(done == 1 ? "first step" : "steps");
          }));
    } finally {
      timings.mark("decode");
    }
  }

  private VideoRequest request(String prompt, long seedValue, ModelIndex.Defaults defaults) {
    Size size = clip.size().orElse(new Size(defaults.width(), defaults.height()));
    return new VideoRequest(
        prompt,
        sampling.negative().strip(),
        seedValue,
        size.width(),
        size.height(),
        clip.frames().orElse(defaults.frames()),
        clip.fps().orElse(defaults.fps()),
        sampling.steps().orElse(defaults.steps()),
        sampling.guidance().orElse(defaults.guidance()),
        sampling.sampler().orElse(defaults.sampler()));
  }

  private static String prompt(String name, String text) {
    if (text.length() > LONGEST_PROMPT) {
      throw new UsageError(
          "%s is %d characters long: say it in %d".formatted(name, text.length(), LONGEST_PROMPT));
    }
    return text.strip();
  }

  private static String describe(VideoRequest request) {
    return "%d frames of %dx%d".formatted(request.frames(), request.width(), request.height());
  }

  private static Map<String, @Nullable Object> fields(
      Target target, Path model, VideoRequest request, String dtype, Timings timings) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("out", target.path().toString());
    fields.put("prompt", request.prompt());
    fields.put("negative", request.negative());
    fields.put("seed", request.seed());
    fields.put("model", model.toString());
    fields.put("width", request.width());
    fields.put("height", request.height());
    fields.put("frames", request.frames());
    fields.put("fps", request.fps());
    fields.put("steps", request.steps());
    fields.put("guidance", request.guidance());
    fields.put("sampler", request.sampler());
    fields.put("device", "cpu");
    fields.put("dtype", dtype);
    fields.put("seconds", timings.fields());
    fields.put("peak_memory_bytes", Memory.peak().isPresent() ? Memory.peak().getAsLong() : null);
    return fields;
  }
}
