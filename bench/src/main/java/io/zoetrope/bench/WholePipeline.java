package io.zoetrope.bench;

import io.zoetrope.media.Video;
import io.zoetrope.media.VideoWriter;
import io.zoetrope.media.WriteOptions;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.TextToVideo;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.progress.Phase;
import io.zoetrope.progress.Progress;
import io.zoetrope.progress.Report;
import io.zoetrope.torch.Scopes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** From a prompt to a file: where the time of the first and of a later video goes. */
final class WholePipeline {
  private static final String PROMPT = "a red ball moves right";

  private WholePipeline() {}

  /** When each step of a run was done. */
  private static final class StepTimes implements Progress {
    final List<Double> done = new ArrayList<>();

    @Override
    public void update(Report report) {
      if (report.phase() != Phase.SAMPLE) {
        return;
      }
      done.add(Clock.seconds());
    }

    /** Seconds of the steps after the first. */
    Timing later() {
      double[] seconds = new double[Math.max(1, done.size() - 1)];
      for (int i = 1; i < done.size(); i++) {
        seconds[i - 1] = done.get(i) - done.get(i - 1);
      }
      return new Timing(seconds);
    }
  }

  /** Seconds of the parts of one video. */
  private record Parts(
      double text,
      double firstStep,
      Timing laterSteps,
      double sampling,
      double decode,
      double file) {
    double sum() {
      return text + sampling + decode + file;
    }
  }

  static Table run(Path directory, String what) {
    double before =
        (System.currentTimeMillis() - ManagementFactory.getRuntimeMXBean().getStartTime()) * 1e-3;
    double start = Clock.seconds();
    try (VideoModel model = VideoModel.load(ModelChoice.of(directory))) {
      double load = since(start);
      VideoRequest request = VideoRequest.of(PROMPT, 1, model.defaults());
      Parts first = video(model, request);
      Parts second = video(model, request);
      double peak = Machine.peakMegabytes();
      Table table =
          new Table(
              "pipeline",
              "Text to video, %s: %s frames of %sx%s, %s steps of %s, guidance %s"
                  .formatted(
                      what,
                      request.frames(),
                      request.width(),
                      request.height(),
                      request.steps(),
                      request.sampler(),
                      request.guidance()),
              "part",
              "first video s",
              "second s");
      table.row("start of Java to here, wall time", before, "-");
      table.row("load the model", load, "-");
      table.row("text", first.text, second.text);
      table.row("first step", first.firstStep, second.firstStep);
      table.row("each later step, median", first.laterSteps.median(), second.laterSteps.median());
      table.row("all steps", first.sampling, second.sampling);
      table.row("decode", first.decode, second.decode);
      table.row("write MP4", first.file, second.file);
      table.row("sum without the start of Java", load + first.sum(), second.sum());
      table.note("peak resident memory %s MB, after both".formatted(Math.round(peak)));
      return table;
    }
  }

  private static Parts video(VideoModel model, VideoRequest request) {
    TextToVideo pipeline = new TextToVideo(new Engine(model));
    return Scopes.value(() -> {
      double text =
          Timing.once(() -> Scopes.noGrad(() -> model.condition(List.of(request.prompt(), ""))));
      StepTimes steps = new StepTimes();
      double start = Clock.seconds();
      Tensor latents = pipeline.latents(List.of(request), steps);
      double sampling = since(start);
      double firstStep = steps.done.getFirst() - start;
      start = Clock.seconds();
      Video video = pipeline.decode(latents, request.fps());
      double decode = since(start);
      return new Parts(text, firstStep, steps.later(), sampling, decode, write(video));
    });
  }

  private static double write(Video video) {
    try {
      Path folder = Files.createTempDirectory("zoetrope-bench");
      Path file = folder.resolve("video.mp4");
      double start = Clock.seconds();
      VideoWriter.write(file, video, WriteOptions.at(video.fps()));
      double seconds = since(start);
      Files.delete(file);
      Files.delete(folder);
      return seconds;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static double since(double start) {
    return Clock.seconds() - start;
  }
}
