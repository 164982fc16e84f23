package io.zoetrope.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.zoetrope.train.MetricsLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code train --workers}: processes of this machine train what one would. */
class TrainWorkersIT {
  private static final String RECIPE =
      """
      {name: run, seed: 1, steps: 6, batch: 4, precision: f32, optimizer: {lr: 1e-3},
       checkpoint: {every: 3}, log: {every: 1}, sample: {every: 0},
       data: {kind: toybox, width: 16, height: 16, frames: 2},
       objective: {kind: diffusion, network: unet-tiny-pixels, inflation: vdm, autoencoder: none,
         prediction: v, clips: 6}}
      """;

  @TempDir Path folder;

  @Test
  void twoTrainWhatOneDoes() throws IOException {
    Files.writeString(folder.resolve("r.yaml"), RECIPE);
    TestCli cli = new TestCli(folder);
    List<Double> one = losses(cli, "one");
    List<Double> two = losses(cli, "two", "--workers", "2");
    assertThat(one).hasSize(6);
    assertThat(two).hasSize(6);
    for (int i = 0; i < one.size(); i++) {
      assertThat(two.get(i)).as("step %s", i + 1).isCloseTo(one.get(i), within(1e-5));
    }
    TestCli.Outcome unlike = cli.run("train", "r.yaml", "--runs", "three", "--workers", "3");
    assertThat(unlike.code()).isEqualTo(1);
    assertThat(unlike.errors())
        .containsExactly(
            "zoetrope: a batch of 4 cannot be shared by 3 workers alike: take a batch that is a"
                + " multiple of 3");
  }

  private List<Double> losses(TestCli cli, String runs, String... more) {
    List<String> line = new java.util.ArrayList<>(List.of("train", "r.yaml", "--runs", runs));
    line.addAll(List.of(more));
    TestCli.Outcome outcome = cli.run(line.toArray(String[]::new));
    assertThat(outcome.code()).as(outcome.err()).isZero();
    return new MetricsLog(folder.resolve(runs + "/run/metrics.jsonl"))
        .lines().stream().map(one -> one.path("loss").doubleValue()).toList();
  }
}
