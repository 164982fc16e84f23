package io.zoetrope.spark.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SweepTest {
  private static final Instant NOW = Instant.now();
  private static final Instant YESTERDAY = NOW.minus(Duration.ofDays(1));

  @TempDir Path root;

  @BeforeEach
  void files() throws IOException {
    file("clips/ab/named.mp4", 48);
    file("clips/ab/ghost.mp4", 48);
    file("clips/cd/.partial-1.mp4", 48);
    file("clips/cd/young.mp4", 1);
    file("clips/ef/alone.mp4", 48);
    file("attempts/k/1.begun", 48);
    file("manifest/part.parquet", 48);
  }

  private void file(String path, int hours) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.resolveSibling(""));
    Files.writeString(file, "12345");
    Files.setLastModifiedTime(file, FileTime.from(NOW.minus(Duration.ofHours(hours))));
  }

  private Sweep sweep(boolean dry) {
    return new Sweep(root, Set.of("clips/ab/named.mp4"), YESTERDAY, dry);
  }

  @Test
  void whatNoRowNamesGoesIfItIsOld() throws IOException {
    assertThat(sweep(false).run()).isEqualTo(new Sweep.Gone(4, 20));
    assertThat(root.resolve("clips/ab/named.mp4")).exists();
    assertThat(root.resolve("clips/cd/young.mp4")).exists();
    assertThat(root.resolve("manifest/part.parquet")).exists();
    assertThat(root.resolve("clips/ab/ghost.mp4")).doesNotExist();
    assertThat(root.resolve("clips/cd/.partial-1.mp4")).doesNotExist();
    assertThat(root.resolve("clips/ef")).doesNotExist();
    assertThat(root.resolve("attempts/k")).doesNotExist();
  }

  @Test
  void aDryRunOnlySaysSo() throws IOException {
    assertThat(sweep(true).run()).isEqualTo(new Sweep.Gone(4, 20));
    assertThat(root.resolve("clips/ef/alone.mp4")).exists();
  }
}
