package io.zoetrope.bench;

import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.TextToVideo;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.progress.Phase;
import io.zoetrope.progress.Progress;
import io.zoetrope.progress.Report;
import io.zoetrope.torch.Scopes;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * One clip of a checkpoint from a process that has done nothing yet: the seconds of its parts and
 * the most memory. {@code reference/compare.py} holds these against the same of the reference.
 */
final class CheckpointRun {
  static final List<String> OPTIONS =
      List.of(
          "--model",
          "--dtype",
          "--frames",
          "--size",
          "--steps",
          "--guidance",
          "--threads",
          "--clock",
          "--json");

  private static final String PROMPT = "a red ball moves right";

  private CheckpointRun() {}

  /** When each step was done, in seconds since the process started and by the clock. */
  private static final class Steps implements Progress {
    final List<Double> at = new ArrayList<>();
    double firstWall;

    @Override
    public void update(Report report) {
      if (report.phase() != Phase.SAMPLE) {
        return;
      }
      at.add(Clock.seconds());
      if (at.size() == 1) {
        firstWall = sinceStart();
      }
    }
  }

  static Table run(Arguments arguments) {
    int threads = arguments.whole("--threads", 0, 0);
    if (threads > 0) {
      torch.set_num_threads(threads);
    }
    if (arguments.word("--clock").equals(Optional.of("cpu"))) {
      Clock.useProcessorTime();
    }
    String dtype = arguments.word("--dtype").orElse("auto");
    double begin = Clock.seconds();
    try (VideoModel model = VideoModel.load(ModelChoice.of(arguments.required("--model"), dtype))) {
      double load = Clock.seconds() - begin;
      int size = arguments.whole("--size", 16, 256);
      VideoRequest usual = VideoRequest.of(PROMPT, 1, model.defaults());
      VideoRequest request =
          usual
              .withSize(size, size)
              .withFrames(arguments.whole("--frames", 1, 16))
              .withSteps(arguments.whole("--steps", 2, 4))
              .withGuidance(arguments.number("--guidance", usual.guidance()));
      return Scopes.value(() -> {
        double text = Timing.once(() -> Scopes.noGrad(() -> model.condition(List.of(PROMPT, ""))));
        TextToVideo pipeline = new TextToVideo(new Engine(model));
        Steps steps = new Steps();
        double ready = sinceStart();
        double start = Clock.seconds();
        Tensor latents = pipeline.latents(List.of(request), steps);
        double sampled = Clock.seconds();
        pipeline.decode(latents, request.fps());
        double decoded = Clock.seconds();
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("load_s", load);
        values.put("text_s", text);
        values.put("ready_s", ready);
        values.put("start_to_first_step_s", steps.firstWall);
        values.put("first_step_s", steps.at.getFirst() - start);
        values.put("step_s", later(steps.at).median());
        values.put("decode_s", decoded - sampled);
        values.put("clip_s", decoded - start);
        values.put("whole_s", sinceStart());
        values.put("peak_rss_mb", Machine.peakMegabytes());
        Table table =
            new Table(
                "checkpoint",
                "%s, %s: %s frames of %sx%s, %s steps, guidance %s"
                    .formatted(
                        arguments.required("--model"),
                        dtype,
                        request.frames(),
                        size,
                        size,
                        request.steps(),
                        request.guidance()),
                "part",
                "value");
        values.forEach(table::row);
        return table;
      });
    }
  }

  private static Timing later(List<Double> at) {
    double[] seconds = new double[at.size() - 1];
    for (int i = 0; i < seconds.length; i++) {
      seconds[i] = at.get(i + 1) - at.get(i);
    }
    return new Timing(seconds);
  }

  /** Wall time from the start of the process, so that the start of Java counts. */
  private static double sinceStart() {
    return (System.currentTimeMillis() - ManagementFactory.getRuntimeMXBean().getStartTime())
        * 1e-3;
  }
}
