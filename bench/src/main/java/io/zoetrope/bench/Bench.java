package io.zoetrope.bench;

import io.zoetrope.error.UserError;
import io.zoetrope.torch.AtomicFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import org.bytedeco.pytorch.global.torch;
import tools.jackson.databind.json.JsonMapper;

/** The program: runs benchmarks by name, prints a table for each (docs/performance.md). */
public final class Bench {
  /** In this order: the peak of memory is the pipeline's only while nothing else has run. */
  private static final List<String> NAMES =
      List.of(
          "pipeline",
          "gemm",
          "step",
          "width",
          "frames",
          "finite",
          "training",
          "attention",
          "cache",
          "tea-cache",
          "cancel");

  private static final String USAGE =
      """
      usage: bench NAME... [--json FILE] [--model DIR] [--seconds N] [--threads N] [--cpu-time]
        pipeline  text to video on a model directory: where the time goes, peak memory
        gemm      rate of matrix products and convolutions: what the others are held against
        step      one denoiser pass: GFLOP/s against that rate
        width     from which width on bf16 is faster than f32
        frames    a step with 16 noise levels against a step with one
        finite    a step that is looked at for numbers that are none against one that is not
        training  one training step: GFLOP/s against that rate
        attention f32 attention by length and head size, and its backward pass
        cache     what EasyCache saves, and how far off its videos are (minutes)
        tea-cache the same of TeaCache
        cancel    how soon a job of 32 frames of 1024x1024 stops, in each phase (minutes)
        all       all of these
        safetensors-fuzz [-n N] [--seed S] [--first I] [--disk K] [--oracle K]
                  damaged files by the million: each is read rightly or refused in a line
      --seconds is the time for each table (default 40), --threads what libtorch computes on.
      --cpu-time measures the processor time of one thread, for a machine that others use too.
      """;

  private record Options(
      List<String> names,
      Optional<Path> json,
      Optional<Path> model,
      double seconds,
      int threads,
      boolean cpuTime) {}

  private Bench() {}

  /** Exit code 0: done, 1: failed, 2: wrong usage. */
  public static void main(String[] arguments) {
    try {
      if (arguments.length > 0 && arguments[0].equals("safetensors-fuzz")) {
        SafetensorsFuzz.main(List.of(arguments).subList(1, arguments.length));
        return;
      }
      if (arguments.length > 0 && Experiments.has(arguments[0])) {
        Experiments.run(arguments[0], List.of(arguments).subList(1, arguments.length));
        return;
      }
      run(parse(List.of(arguments)));
    } catch (UserError | SafetensorsFuzz.Found e) {
      System.err.println("bench: " + e.getMessage());
      System.exit(1);
    } catch (IllegalArgumentException e) {
      System.err.println("bench: " + e.getMessage());
      System.err.print(USAGE + Experiments.USAGE);
      System.exit(2);
    }
  }

  private static Options parse(List<String> arguments) {
    List<String> names = new ArrayList<>();
    Map<String, String> values = new LinkedHashMap<>();
    for (int i = 0; i < arguments.size(); i++) {
      String word = arguments.get(i);
      if (List.of("--json", "--model", "--seconds", "--threads").contains(word)) {
        if (i + 1 == arguments.size()) {
          throw new IllegalArgumentException(word + " needs a value");
        }
        values.put(word, arguments.get(++i));
      } else if (word.equals("--cpu-time")) {
        values.put(word, "");
      } else if (word.equals("all")) {
        names.addAll(NAMES);
      } else if (NAMES.contains(word)) {
        names.add(word);
      } else {
        throw new IllegalArgumentException("unknown benchmark '" + word + "'");
      }
    }
    if (names.isEmpty()) {
      throw new IllegalArgumentException("name a benchmark");
    }
    boolean cpu = values.containsKey("--cpu-time");
    return new Options(
        names.stream().distinct().toList(),
        Optional.ofNullable(values.get("--json")).map(Path::of),
        Optional.ofNullable(values.get("--model")).map(Path::of),
        number(values, "--seconds", 40),
        (int) number(values, "--threads", cpu ? 1 : 0),
        cpu);
  }

  private static double number(Map<String, String> values, String name, double otherwise) {
    String text = values.get(name);
    if (text == null) {
      return otherwise;
    }
    try {
      double value = Double.parseDouble(text);
      if (value > 0 && value < 1e6) {
        return value;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw new IllegalArgumentException(name + " must be a number above 0, not '" + text + "'");
  }

  private static void run(Options options) {
    if (options.threads > 0) {
      torch.set_num_threads(options.threads);
    }
    if (options.cpuTime) {
      if (options.threads != 1) {
        throw new IllegalArgumentException("--cpu-time counts one thread: leave --threads at 1");
      }
      Clock.useProcessorTime();
    }
    List<Table> tables = new ArrayList<>();
    // The pipeline also times how libtorch is loaded, so the machine is described after it.
    for (String name : options.names) {
      if (name.equals("pipeline")) {
        tables.add(show(onModel(options.model, WholePipeline::run)));
      }
    }
    Map<String, Object> machine = Machine.describe();
    machine.forEach((key, value) -> System.out.println(key + ": " + value));
    System.out.println();
    for (String name : options.names) {
      if (!name.equals("pipeline")) {
        tables.add(
            show(
                switch (name) {
                  case "cache" -> onModel(options.model, StepCaches::easy);
                  case "tea-cache" -> onModel(options.model, StepCaches::tea);
                  default -> table(name, options.seconds);
                }));
      }
    }
    System.out.printf(Locale.ROOT, "load at the end: %.1f%n", Machine.load());
    options.json.ifPresent(file -> write(file, machine, tables));
  }

  private static Table show(Table table) {
    System.out.println(table.toText());
    return table;
  }

  private static Table table(String name, double seconds) {
    return switch (name) {
      case "gemm" -> GemmRate.run(seconds);
      case "step" -> DenoiserStep.sizes(seconds);
      case "width" -> DenoiserStep.widths(seconds);
      case "frames" -> FrameLevels.run(seconds);
      case "finite" -> FiniteCheck.run(seconds);
      case "training" -> TrainingRate.run(seconds);
      case "attention" -> AttentionRate.run(seconds);
      case "cancel" -> CancelLatency.run(1024, 32);
      default -> throw new IllegalArgumentException("unknown benchmark '" + name + "'");
    };
  }

  /** The given model, else the bundled one, else one of its size with random weights. */
  private static Table onModel(Optional<Path> model, BiFunction<Path, String, Table> run) {
    Path bundled = Path.of("models", "toybox");
    if (model.isPresent()) {
      return run.apply(model.get(), model.get().toString());
    }
    if (Files.isRegularFile(bundled.resolve("model_index.json"))) {
      return run.apply(bundled, bundled.toString());
    }
    try {
      Path folder = Files.createTempDirectory("zoetrope-bench");
      try {
        RandomModel.write(folder);
        return run.apply(folder, "random weights of size toybox");
      } finally {
        delete(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private static void write(Path file, Map<String, Object> machine, List<Table> tables) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("machine", machine);
    json.put("load_at_end", Machine.load());
    json.put("tables", tables.stream().map(Table::toJson).toList());
    AtomicFiles.text(
        file, new JsonMapper().writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n");
  }
}
