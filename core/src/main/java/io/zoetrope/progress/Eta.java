package io.zoetrope.progress;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * How long a phase will go on, by its mean pace since its first report. A phase that begins anew (a
 * second sampling run) is measured anew. Not for use by two threads at once.
 */
public final class Eta {
  /** Of less time no pace is taken: units that are done together are reported in a burst. */
  private static final long LEAST = 1_000_000_000L;

  private final LongSupplier nanos;
  private Optional<Report> first = Optional.empty();
  private long since;
  private long last;

  public Eta() {
    this(System::nanoTime);
  }

  /**
   * By another clock.
   *
   * @param nanos nanoseconds from any origin
   */
  public Eta(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /**
   * Takes a report and says how long the rest of its phase takes.
   *
   * @return empty in the first second of a phase, and where the work is endless
   */
  public Optional<Duration> left(Report report) {
    long now = nanos.getAsLong();
    if (first.isEmpty() || first.get().phase() != report.phase() || report.done() < last) {
      first = Optional.of(report);
      since = now;
    }
    last = report.done();
    long units = report.done() - first.get().done();
    if (units == 0 || now - since < LEAST || report.endless()) {
      return Optional.empty();
    }
    double each = (now - since) / (double) units;
    return Optional.of(
        Duration.ofNanos(Math.round(each * Math.max(0, report.total() - report.done()))));
  }
}
