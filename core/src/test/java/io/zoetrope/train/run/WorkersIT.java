package io.zoetrope.train.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.zoetrope.ChildJvm;
import io.zoetrope.train.MetricsLog;
import io.zoetrope.train.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Two workers in processes of their own: the same bits each time, and after a kill. */
class WorkersIT {
  private static final int STEPS = 12;
  private static final int KILLED = 128 + 9;

  /** A clip more than workers have: pixels, so that nothing else is to be trained first. */
  private static final String RECIPE =
      """
      {name: run, seed: 1, steps: %s, batch: 4, precision: f32, optimizer: {lr: 1e-3},
       checkpoint: {every: 4}, log: {every: 1}, sample: {every: 0},
       data: {kind: toybox, width: 16, height: 16, frames: 4},
       objective: {kind: diffusion, network: unet-tiny-pixels, inflation: vdm, autoencoder: none,
         prediction: v, images: 1, perFrame: 0.4, clips: 6, captionDropout: 0.2}}
      """;

  @TempDir Path folder;

  @Test
  void workersAreEqualToTheBitAndSurviveAKill() throws Exception {
    Path recipe = Files.writeString(folder.resolve("recipe.yaml"), RECIPE.formatted(STEPS));
    run(recipe, "once", 2);
    run(recipe, "alone", 1);
    same(losses("once"), losses("alone"));

    // Killed while it trains; the one that leads notices and leaves the last save as it is.
    List<Process> workers = start(recipe, "killed", 2, 300);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(90);
    while (lines("killed").size() < 6 && System.nanoTime() < end) {
      Thread.sleep(20);
    }
    workers.get(1).destroyForcibly();
    long killed = System.nanoTime();
    assertThat(workers.get(0).waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat((System.nanoTime() - killed) * 1e-9).as("seconds until noticed").isLessThan(5);
    assertThat(workers.get(1).waitFor()).isEqualTo(KILLED);
    assertThat(workers.get(0).exitValue()).as(log("killed", 0)).isEqualTo(WorkerProcess.LOST);
    assertThat(newest("killed")).isEqualTo("step-000004");

    // Resumed by two it ends with the bytes of the run that nobody killed; by one as closely.
    copy("killed", "by-one");
    run(recipe, "killed", 2);
    assertThat(lines("killed")).hasSize(STEPS);
    for (String file : List.of("model", "ema", "optimizer")) {
      assertThat(weights("killed", file)).hasSameBinaryContentAs(weights("once", file));
    }
    run(recipe, "by-one", 1);
    same(losses("by-one"), losses("once"));
  }

  private static void same(List<Double> losses, List<Double> others) {
    assertThat(losses).hasSize(STEPS);
    for (int i = 0; i < STEPS; i++) {
      assertThat(losses.get(i)).as("step %s", i + 1).isCloseTo(others.get(i), within(1e-5));
    }
  }

  private List<JsonNode> lines(String name) {
    return new MetricsLog(folder.resolve(name + "/run/metrics.jsonl")).lines();
  }

  private List<Double> losses(String name) {
    return lines(name).stream().map(line -> line.path("loss").doubleValue()).toList();
  }

  private String newest(String name) {
    Optional<Path> last =
        RunFolder.checkpoints(folder.resolve(name + "/run")).stream().reduce((a, b) -> b);
    return last.map(path -> String.valueOf(path.getFileName())).orElse("none");
  }

  private java.io.File weights(String name, String file) {
    return folder
        .resolve("%s/run/checkpoints/step-0000%s/%s.safetensors".formatted(name, STEPS, file))
        .toFile();
  }

  private void copy(String from, String to) throws IOException {
    try (var files = Files.walk(folder.resolve(from))) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Path target = folder.resolve(to).resolve(folder.resolve(from).relativize(file));
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    }
  }

  private void run(Path recipe, String name, int size) throws Exception {
    for (Process worker : start(recipe, name, size, 0)) {
      assertThat(worker.waitFor(120, TimeUnit.SECONDS)).isTrue();
      assertThat(worker.exitValue()).as(log(name, 0)).isZero();
    }
  }

  private List<Process> start(Path recipe, String name, int size, long rest) throws IOException {
    Path meeting = folder.resolve(name + ".port");
    Files.deleteIfExists(meeting);
    List<Process> workers = new ArrayList<>();
    for (int rank = 0; rank < size; rank++) {
      workers.add(
          ChildJvm.of(
                  WorkerProcess.class, folder.resolve(name), recipe, rank, size, meeting, rest, 1)
              .start(folder.resolve(name + "." + rank + ".log")));
    }
    return workers;
  }

  private String log(String name, int rank) throws IOException {
    return Files.readString(folder.resolve(name + "." + rank + ".log"));
  }
}
