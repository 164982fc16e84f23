package io.zoetrope.train.run;

import io.zoetrope.ChildJvm;
import io.zoetrope.torch.FileDigest;
import io.zoetrope.train.MetricsLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/**
 * Figures of docs/scale.md: losses of two workers against one over 50 steps, equal bits, steps a
 * second, memory over 400 steps. A main, for it takes minutes.
 *
 * <pre>
 * mvn -q -pl core test-compile dependency:build-classpath -Dmdep.outputFile=target/cp
 * java -cp core/target/test-classes:core/target/classes:$(cat core/target/cp) io.zoetrope.train.run.WorkersTrial rate
 * </pre>
 */
public final class WorkersTrial {
  private static final String RECIPE =
      """
      {name: run, seed: 1, steps: %s, batch: 8, precision: f32, optimizer: {lr: 1e-3},
       checkpoint: {every: 1000}, log: {every: 1}, sample: {every: 0},
       data: {kind: toybox, width: %s, height: %s, frames: 4},
       objective: {kind: diffusion, network: unet-tiny-pixels, inflation: vdm, autoencoder: none,
         prediction: v, images: 1, perFrame: 0.4, clips: 32, captionDropout: 0.2}}
      """;

  private WorkersTrial() {}

  /** Arguments: {@code equal}, {@code rate} or {@code memory}; none for all. */
  public static void main(String[] args) throws Exception {
    List<String> asked = args.length == 0 ? List.of("equal", "rate", "memory") : List.of(args);
    Path folder = Files.createTempDirectory("zoetrope-trial-");
    if (asked.contains("equal")) {
      equal(folder);
    }
    if (asked.contains("rate")) {
      rate(folder);
    }
    if (asked.contains("memory")) {
      memory(folder);
    }
  }

  private static void equal(Path folder) throws Exception {
    Path recipe = recipe(folder, "equal", 50, 16);
    run(recipe, folder.resolve("one"), 1, 1);
    run(recipe, folder.resolve("two"), 2, 1);
    run(recipe, folder.resolve("again"), 2, 1);
    double most = 0;
    List<JsonNode> one = lines(folder.resolve("one"));
    List<JsonNode> two = lines(folder.resolve("two"));
    for (int i = 0; i < one.size(); i++) {
      double difference =
          one.get(i).path("loss").doubleValue() - two.get(i).path("loss").doubleValue();
      most = Math.max(most, Math.abs(difference));
    }
    System.out.printf(
        Locale.ROOT,
        "50 steps: losses from %.4f to %.4f, of one worker and of two at most %.2e apart%n",
        one.getFirst().path("loss").doubleValue(),
        one.getLast().path("loss").doubleValue(),
        most);
    for (String file : List.of("model", "ema", "optimizer")) {
      String name = "run/checkpoints/step-000050/" + file + ".safetensors";
      System.out.printf(
          "%s of two runs with two workers equal: %s%n",
          file,
          FileDigest.of(folder.resolve("two").resolve(name))
              .equals(FileDigest.of(folder.resolve("again").resolve(name))));
    }
  }

  /** Steps a second of the second half, in turns. */
  private static void rate(Path folder) throws Exception {
    Path recipe = recipe(folder, "rate", 60, 32);
    for (int round = 0; round < 3; round++) {
      double two = rate(run(recipe, folder.resolve("two-" + round), 2, 1));
      double one = rate(run(recipe, folder.resolve("one-" + round), 1, 2));
      System.out.printf(
          Locale.ROOT,
          "steps a second: two workers with a thread each %.3f, one with two %.3f: %.3f%n",
          two,
          one,
          two / one);
    }
  }

  private static void memory(Path folder) throws Exception {
    Path recipe = recipe(folder, "memory", 400, 16);
    System.out.println(
        "resident MB of the first of two workers, every 50 steps: "
            + said(run(recipe, folder.resolve("memory-2"), 2, 1), "resident "));
  }

  private static Path recipe(Path folder, String name, int steps, int side) throws IOException {
    return Files.writeString(folder.resolve(name + ".yaml"), RECIPE.formatted(steps, side, side));
  }

  /** What the first worker printed. */
  private static List<String> run(Path recipe, Path runs, int size, int threads) throws Exception {
    Path meeting = Path.of(runs + ".port");
    List<Process> workers = new ArrayList<>();
    for (int rank = 0; rank < size; rank++) {
      workers.add(
          ChildJvm.of(WorkerProcess.class, runs, recipe, rank, size, meeting, 0, threads)
              .start(Path.of(runs + "." + rank + ".log")));
    }
    for (Process worker : workers) {
      if (worker.waitFor() != 0) {
        throw new IllegalStateException(Files.readString(Path.of(runs + ".0.log")));
      }
    }
    return Files.readAllLines(Path.of(runs + ".0.log"));
  }

  private static List<JsonNode> lines(Path runs) {
    return new MetricsLog(runs.resolve("run/metrics.jsonl")).lines();
  }

  private static double rate(List<String> output) {
    return Double.parseDouble(said(output, "rate ").getFirst());
  }

  private static List<String> said(List<String> output, String what) {
    return output.stream()
        .filter(line -> line.startsWith(what))
        .map(line -> line.substring(what.length()))
        .toList();
  }
}
