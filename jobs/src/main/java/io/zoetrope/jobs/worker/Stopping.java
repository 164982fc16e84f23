package io.zoetrope.jobs.worker;

import io.zoetrope.jobs.Runner.Cancelled;
import io.zoetrope.jobs.Runner.Outcome;
import io.zoetrope.jobs.Runner.Signal;
import io.zoetrope.jobs.Runner.Stopped;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/** How an attempt is stopped: asked first, and killed when it does not heed that in time. */
final class Stopping {
  private static final Duration LEAST = Duration.ofSeconds(2);
  private static final Duration MOST = Duration.ofSeconds(30);

  /** Where it is not known how long a step takes. */
  private static final Duration UNKNOWN = Duration.ofSeconds(10);

  private final ChildProcess worker;
  private final LongSupplier nanos;
  private Signal asked = Signal.GO;
  private long deadline;
  private OptionalLong lastStep = OptionalLong.empty();
  private OptionalLong stepTime = OptionalLong.empty();

  Stopping(ChildProcess worker, LongSupplier nanos) {
    this.worker = worker;
    this.nanos = nanos;
  }

  /** A step is done: the next will take as long. */
  void stepped() {
    long now = nanos.getAsLong();
    if (lastStep.isPresent()) {
      stepTime = OptionalLong.of(now - lastStep.getAsLong());
    }
    lastStep = OptionalLong.of(now);
  }

  /** Asks the worker to stop as soon as somebody wants that, and kills it when it is time. */
  void look(Signal wanted) {
    boolean more = wanted != Signal.GO && wanted != asked && asked != Signal.CANCEL;
    if (more) {
      deadline = asked == Signal.GO ? nanos.getAsLong() + grace().toNanos() : deadline;
      worker.send(Wire.line(wanted == Signal.CANCEL ? new Ask.Cancel() : new Ask.Stop()));
      asked = wanted;
    }
    if (asked != Signal.GO && nanos.getAsLong() - deadline > 0) {
      worker.close();
    }
  }

  /** Two steps' time. */
  Duration grace() {
    if (stepTime.isEmpty()) {
      return UNKNOWN;
    }
    Duration two = Duration.ofNanos(2 * stepTime.getAsLong());
    return two.compareTo(LEAST) < 0 ? LEAST : two.compareTo(MOST) > 0 ? MOST : two;
  }

  /** What became of an attempt whose worker is gone; empty if nobody wanted it to stop. */
  Optional<Outcome> gone() {
    return switch (asked) {
      case GO -> Optional.empty();
      case CANCEL -> Optional.of(new Cancelled());
      case STOP -> Optional.of(new Stopped());
    };
  }
}
