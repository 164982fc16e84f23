package io.zoetrope.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.zoetrope.torch.Scopes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Native memory is flat over training steps: resident memory after 50 and 500 is the same. */
class TrainingMemoryTest {
  @TempDir Path folder;

  @Test
  void residentMemoryIsFlat() {
    assumeTrue(Files.exists(Path.of("/proc/self/statm")), "needs /proc");
    long[] resident = new long[501];
    SequencedMap<String, Tensor> parameters = TinyRun.parameters(4096);
    try (RunFolder run = RunFolder.open(folder.resolve("run"), "", false);
        Trainer trainer =
            new Trainer(
                parameters, TinyRun.objective(parameters, TinyRun::batch), settings(), run)) {
      trainer.run(
          new TrainingListener() {
            @Override
            public void step(StepReport report) {
              if (report.step() == 50 || report.step() == 500) {
                System.gc();
                resident[(int) report.step()] = rss();
              }
            }
          });
    } finally {
      parameters.values().forEach(Scopes::free);
    }
    System.out.printf(
        "RSS after 50 steps %d MB, after 500 %d MB%n", resident[50] >> 20, resident[500] >> 20);
    assertThat((double) resident[500]).isLessThan(1.03 * resident[50]);
  }

  private static TrainingSettings settings() {
    TrainingSettings s = TinyRun.settings(500);
    return new TrainingSettings(
        s.seed(), 500, 2, s.optimizer(), s.rate(), 1, 0.99, 100, 1, 10, 0, 3);
  }

  private static long rss() {
    try {
      return Long.parseLong(Files.readString(Path.of("/proc/self/statm")).split(" ", -1)[1]) * 4096;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
