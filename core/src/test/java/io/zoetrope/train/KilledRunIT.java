package io.zoetrope.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.ChildJvm;
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
 * equal to the bit to one that ran through. {@code -Dzoetrope.kill.seed=N} takes other moments.
 */
class KilledRunIT {
  private static final int STEPS = 40;
  private static final int KILLS = 4;

  /** What the system says of a process that was killed: 128 and the signal. */
  private static final int KILLED = 128 + 9;

  /** Milliseconds after each step of a run that is to be killed: far from its end each time. */
  private static final int REST = 100;

  private static final long SEED = Long.getLong("zoetrope.kill.seed", 20_261_128);

  @TempDir Path folder;

  @Test
  void aKilledRunEndsEqualToTheBit() throws Exception {
    System.out.println("kill moments from seed " + SEED);
    Random random = new Random(SEED);
    Path whole = folder.resolve("whole");
    Path killed = folder.resolve("killed");

    ends(child(whole, 0), whole);

    List<String> moments = new ArrayList<>();
    for (int kill = 0; kill < KILLS; kill++) {
      long before = logged(killed);
      Process process = child(killed, REST);
      // Within training or the writing of a checkpoint, not before the first of them.
      await(process, killed, before);
      Thread.sleep(random.nextInt(250));
      process.destroyForcibly().waitFor();
      moments.add("exit %s after line %s".formatted(process.exitValue(), logged(killed)));
      assertThat(process.exitValue())
          .as("kill %d of seed %d: %s; %s", kill, SEED, moments, log(killed))
          .isEqualTo(KILLED);
      assertThat(logged(killed)).as("it had trained: %s", moments).isGreaterThan(before);
    }
    System.out.println(moments);
    ends(child(killed, 0), killed);

    TrainerTest.assertSameRun(killed, whole);
    try (var left = Files.list(killed.resolve("checkpoints"))) {
      assertThat(left.map(p -> p.getFileName().toString()))
          .containsExactlyInAnyOrder("step-000035", "step-000040");
    }
  }

  private static void ends(Process process, Path run) throws Exception {
    assertThat(process.waitFor(240, TimeUnit.SECONDS)).as("seed %d", SEED).isTrue();
    assertThat(process.exitValue()).as("seed %d: %s", SEED, log(run)).isZero();
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
    return ChildJvm.of(TinyRun.class, run, STEPS, rest).heap(96).start(Path.of(run + ".log"));
  }

  private static String log(Path run) throws IOException {
    return Files.readString(Path.of(run + ".log"));
  }
}
