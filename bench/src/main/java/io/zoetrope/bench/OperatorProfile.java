package io.zoetrope.bench;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.TextToVideo;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.progress.Phase;
import io.zoetrope.progress.Progress;
import io.zoetrope.progress.Report;
import io.zoetrope.torch.AtomicFiles;
import io.zoetrope.torch.Scopes;
import io.zoetrope.train.StepReport;
import io.zoetrope.train.TrainingListener;
import io.zoetrope.train.method.Methods;
import io.zoetrope.train.run.TrainingRun;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.bytedeco.pytorch.global.torch;

/**
 * Where the second step goes, of a sampling or of a training, by what libtorch's operators are for
 * and by operator. (The first makes forms of weights and asks for memory.)
 */
final class OperatorProfile {
  static final List<String> OPTIONS =
      List.of(
          "--model",
          "--recipe",
          "--dtype",
          "--frames",
          "--size",
          "--guidance",
          "--rows",
          "--threads",
          "--json");

  private static final String PROMPT = "a red ball moves right";

  /** What an operator is for, by a part of its name; the first that fits. */
  private static final List<Map.Entry<String, String>> PARTS =
      List.of(
          Map.entry("attention", "attention"),
          Map.entry("convolution", "convolutions"),
          Map.entry("mkldnn_linear", "products"),
          Map.entry("Convolution", "convolutions"),
          Map.entry("norm", "norms"),
          Map.entry("aten::mm", "products"),
          Map.entry("addmm", "products"),
          Map.entry("bmm", "products"),
          Map.entry("gelu", "activations"),
          Map.entry("silu", "activations"),
          Map.entry("sigmoid", "activations"),
          Map.entry("softmax", "activations"),
          Map.entry("copy", "copies, casts and layouts"),
          Map.entry("contiguous", "copies, casts and layouts"),
          Map.entry("aten::cat", "copies, casts and layouts"),
          Map.entry("aten::empty", "memory"),
          Map.entry("aten::zero", "memory"),
          Map.entry("aten::fill", "memory"),
          Map.entry("aten::add", "sums and factors"),
          Map.entry("aten::sub", "sums and factors"),
          Map.entry("aten::mul", "sums and factors"),
          Map.entry("aten::div", "sums and factors"),
          Map.entry("aten::sum", "sums and factors"));

  private OperatorProfile() {}

  /** Begins with the end of the first step and ends with that of the second. */
  private static final class Second {
    private int steps;
    private Optional<OperatorTrace> open = Optional.empty();
    private Optional<OperatorTrace.Trace> trace = Optional.empty();

    void step() {
      steps++;
      if (steps == 1) {
        open = Optional.of(new OperatorTrace());
      } else if (steps == 2) {
        trace = open.map(OperatorTrace::end);
      }
    }

    OperatorTrace.Trace trace() {
      return trace.orElseThrow(
          () -> new UserError(Fault.INVALID, "there was no second step", "ask for two or more"));
    }
  }

  /**
   * @param arguments {@code --model}: a model directory whose sampling is looked at; or {@code
   *     --recipe}: a training
   */
  static Table run(Arguments arguments) {
    int threads = arguments.whole("--threads", 0, 0);
    if (threads > 0) {
      torch.set_num_threads(threads);
    }
    Second second = new Second();
    Optional<Path> recipe = arguments.path("--recipe");
    String what;
    if (recipe.isPresent()) {
      what = recipe.get().toString();
      train(recipe.get(), second);
    } else {
      what = sample(arguments, second);
    }
    return table(what, second.trace(), arguments.whole("--rows", 1, 24));
  }

  private static String sample(Arguments arguments, Second second) {
    String dtype = arguments.word("--dtype").orElse("auto");
    Path folder = arguments.required("--model");
    try (VideoModel model = VideoModel.load(ModelChoice.of(folder, dtype))) {
      VideoRequest usual = VideoRequest.of(PROMPT, 1, model.defaults());
      int size = arguments.whole("--size", 16, 256);
      VideoRequest request =
          usual
              .withSize(size, size)
              .withFrames(arguments.whole("--frames", 1, 16))
              .withSteps(2)
              .withGuidance(arguments.number("--guidance", usual.guidance()));
      Progress steps =
          new Progress() {
            @Override
            public void update(Report report) {
              if (report.phase() == Phase.SAMPLE) {
                second.step();
              }
            }
          };
      Scopes.run(() -> new TextToVideo(new Engine(model)).latents(List.of(request), steps));
      return "%s, %s: %s frames of %sx%s, guidance %s"
          .formatted(folder, dtype, request.frames(), size, size, request.guidance());
    }
  }

  private static void train(Path recipe, Second second) {
    try {
      Path runs = Files.createTempDirectory("zoetrope-profile");
      try {
        List<String> settings = List.of("steps=2", "schedule.warmup=0", "sample.every=0");
        TrainingListener steps =
            new TrainingListener() {
              @Override
              public void step(StepReport report) {
                second.step();
              }

              @Override
              public boolean cancelled() {
                return second.steps >= 2;
              }
            };
        var unused =
            TrainingRun.run(Methods.ALL.read(recipe, settings, "--set"), "", runs, false, steps);
      } finally {
        AtomicFiles.deleteTree(runs);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Table table(String what, OperatorTrace.Trace trace, int rows) {
    Table table =
        new Table("profile", "The second step of " + what, "of", "calls", "seconds", "share");
    double known = 0;
    Map<String, OperatorTrace.Spent> parts = new TreeMap<>();
    for (var entry : trace.operators().entrySet()) {
      known += entry.getValue().seconds();
      parts.merge(part(entry.getKey()), entry.getValue(), OperatorProfile::sum);
    }
    parts.put(
        "products past libtorch, and Java", new OperatorTrace.Spent(0, trace.seconds() - known));
    row(table, "step", new OperatorTrace.Spent(1, trace.seconds()), trace.seconds());
    parts.entrySet().stream()
        .sorted((a, b) -> Double.compare(b.getValue().seconds(), a.getValue().seconds()))
        .forEach(e -> row(table, e.getKey(), e.getValue(), trace.seconds()));
    trace.operators().entrySet().stream()
        .limit(rows)
        .forEach(e -> row(table, "  " + e.getKey(), e.getValue(), trace.seconds()));
    return table;
  }

  private static OperatorTrace.Spent sum(OperatorTrace.Spent a, OperatorTrace.Spent b) {
    return new OperatorTrace.Spent(a.calls() + b.calls(), a.seconds() + b.seconds());
  }

  private static void row(Table table, String name, OperatorTrace.Spent spent, double whole) {
    table.row(name, spent.calls(), spent.seconds(), spent.seconds() / whole);
  }

  private static String part(String operator) {
    return PARTS.stream()
        .filter(part -> operator.contains(part.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse("everything else");
  }
}
