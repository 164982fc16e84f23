package io.zoetrope.spark.train;

import io.zoetrope.train.TrainingListener;
import java.util.function.BooleanSupplier;

/** What the worker that leads says into its executor's log, and when it is to stop. */
final class Watch implements TrainingListener {
  /** A file that machines share is not asked for at each step. */
  private static final long NANOS_BETWEEN_LOOKS = 1_000_000_000L;

  private final StopFile stop;
  private final BooleanSupplier killed;
  private long looked = System.nanoTime();

  Watch(StopFile stop, BooleanSupplier killed) {
    this.stop = stop;
    this.killed = killed;
  }

  @Override
  public void note(String line) {
    System.err.println(line);
  }

  @Override
  public void warning(String line) {
    System.err.println("warning: " + line);
  }

  @Override
  public boolean cancelled() {
    if (killed.getAsBoolean()) {
      return true;
    }
    if (System.nanoTime() - looked < NANOS_BETWEEN_LOOKS) {
      return false;
    }
    looked = System.nanoTime();
    return stop.there();
  }
}
