package io.zoetrope.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A training process is killed without warning at random moments and resumed each time; it ends
 * equal to the bit to one that ran through. {@code -Dzoetrope.kill.seed=N} repeats the moments.
 */
class KilledRunTest {
  private static final int STEPS = 40;
  private static final int KILLS = 4;

  @TempDir Path folder;

  @Test
  void aKilledRunEndsEqualToTheBit() throws Exception {
    long seed = Long.getLong("zoetrope.kill.seed", System.nanoTime() & 0xffff);
    System.out.println("kill moments from seed " + seed);
    Random random = new Random(seed);
    Path whole = folder.resolve("whole");
    Path killed = folder.resolve("killed");

    assertThat(child(whole, 0).waitFor(240, TimeUnit.SECONDS)).isTrue();

    List<String> moments = new ArrayList<>();
    for (int kill = 0; kill < KILLS; kill++) {
      long before = logged(killed);
      Process process = child(killed, 15);
      // Within training or the writing of a checkpoint, not before the first of them.
      await(process, killed, before);
      Thread.sleep(random.nextInt(250));
      boolean alive = process.isAlive();
      process.destroyForcibly().waitFor();
      moments.add((alive ? "killed" : "had ended") + " after line " + logged(killed));
    }
    System.out.println(moments);
    Process last = child(killed, 0);
    assertThat(last.waitFor(240, TimeUnit.SECONDS)).isTrue();
    assertThat(last.exitValue()).as(log(killed)).isZero();

    TrainerTest.assertSameRun(killed, whole);
    try (var left = Files.list(killed.resolve("checkpoints"))) {
      assertThat(left.map(p -> p.getFileName().toString()))
          .containsExactlyInAnyOrder("step-000035", "step-000040");
    }
  }

  private static long logged(Path run) {
    return new MetricsLog(run.resolve("metrics.jsonl")).lines().size();
  }

  /** Waits until the process has trained for some steps of its own. */
  private static void await(Process process, Path run, long lines) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
    while (process.isAlive() && logged(run) <= lines && System.nanoTime() < deadline) {
      Thread.sleep(5);
    }
  }

  private static Process child(Path run, long rest) throws IOException {
    return ChildJvm.start(Path.of(run + ".log"), TinyRun.class, run, STEPS, rest);
  }

  private static String log(Path run) throws IOException {
    return Files.readString(Path.of(run + ".log"));
  }
}
