package io.zoetrope.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.zoetrope.ChildJvm;
import io.zoetrope.torch.Scopes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SequencedMap;
import java.util.concurrent.TimeUnit;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Native memory is flat over training steps: the resident memory of a fresh process after 50 and
 * after 500 steps differs by less than 3 %.
 */
class TrainingMemoryIT {
  @TempDir Path folder;

  @Test
  void residentMemoryIsFlat() throws Exception {
    assumeTrue(Files.exists(Path.of("/proc/self/statm")), "needs /proc");
    Path log = folder.resolve("log");
    Process process =
        ChildJvm.of(TrainingMemoryIT.class, folder.resolve("run")).heap(96).start(log);
    assertThat(process.waitFor(240, TimeUnit.SECONDS)).isTrue();
    String output = Files.readString(log);
    System.out.print(output);
    assertThat(process.exitValue()).as(output).isZero();
    String[] resident = output.strip().split(" ", -1);
    double ratio = Double.parseDouble(resident[1]) / Double.parseDouble(resident[0]);
    assertThat(ratio).isBetween(0.97, 1.03);
  }

  /** Prints the resident megabytes after 50 and after 500 steps, with checkpoints between. */
  public static void main(String[] args) {
    torch.set_num_threads(1);
    SequencedMap<String, Tensor> parameters = TinyRun.parameters(2048);
    TrainingSettings s = TinyRun.settings(500);
    TrainingSettings settings =
        new TrainingSettings(
            s.seed(), 500, 2, s.learning(), new TrainingSettings.Rhythm(40, 1, 10, 0), 3);
    try (RunFolder run = RunFolder.open(Path.of(args[0]), "", false);
        Trainer trainer =
            new Trainer(TinyRun.players(parameters, TinyRun::batch, settings), settings, run)) {
      trainer.run(
          new TrainingListener() {
            @Override
            public void step(StepReport report) {
              if (report.step() == 50 || report.step() == 500) {
                System.gc();
                System.out.print(resident() + " ");
              }
            }
          });
    } finally {
      parameters.values().forEach(Scopes::free);
    }
  }

  private static long resident() {
    try {
      String pages = Files.readString(Path.of("/proc/self/statm")).split(" ", -1)[1];
      return Long.parseLong(pages) * 4096 >> 20;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
