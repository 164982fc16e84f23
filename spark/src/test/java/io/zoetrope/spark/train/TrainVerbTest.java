package io.zoetrope.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.spark.SparkSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the command makes of its options before anything runs. */
class TrainVerbTest {
  @TempDir Path folder;

  /** Within one process they would share libtorch's threads and generator. */
  @Test
  void workersOfOneMachineAreProcesses() {
    SparkSettings three = SparkSettings.of("local[6]");
    assertThat(TrainVerb.patient(three, 3).master()).isEqualTo("local-cluster[3,2,1024]");
    assertThat(TrainVerb.patient(three, 1).master()).isEqualTo("local[6]");
    SparkSettings threads = new SparkSettings("local[6]", OptionalInt.of(1), Map.of());
    assertThat(TrainVerb.patient(threads, 3).master()).isEqualTo("local-cluster[3,1,1024]");
    assertThat(TrainVerb.patient(SparkSettings.of("spark://a:7077"), 3).master())
        .isEqualTo("spark://a:7077");
  }

  @Test
  void settingsOfAPersonCountMoreThanOurs() {
    String key = "spark.stage.maxConsecutiveAttempts";
    SparkSettings said = SparkSettings.of("spark://a:7077");
    assertThat(TrainVerb.patient(said, 2).conf()).containsEntry(key, "1");
    assertThat(TrainVerb.patient(said.with(key, "3"), 2).conf()).containsEntry(key, "3");
  }

  /** Paths at all depths of a recipe. */
  record Block(Path there, Path name, Optional<Path> maybe, List<Inner> more, String word) {}

  record Inner(Path there, int number) {}

  @Test
  void pathsThatLeadSomewhereBecomeAbsolute() throws Exception {
    Path there = Files.createDirectories(folder.resolve("runs/ae"));
    Path relative = Path.of("runs/ae");
    Block block =
        new Block(
            relative,
            Path.of("none"),
            Optional.of(relative),
            List.of(new Inner(relative, 3)),
            "runs/ae");
    assertThat(Places.absolute(block, folder))
        .isEqualTo(
            new Block(
                there,
                Path.of("none"),
                Optional.of(there),
                List.of(new Inner(there, 3)),
                "runs/ae"));
  }
}
