package io.zoetrope.app.command;

import io.zoetrope.app.cli.terminal.Cancellation;
import io.zoetrope.app.cli.terminal.OutputOptions;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.app.cli.terminal.Units;
import io.zoetrope.checkpoint.hub.PullListener;
import io.zoetrope.checkpoint.hub.PullPlan;
import io.zoetrope.progress.Report;
import java.io.PrintStream;

/**
 * A download, as told on stderr: one line that changes if a person watches, else a line every few
 * seconds. The rate is that of the last seconds, and so is the time to go.
 */
final class PullProgress implements PullListener, AutoCloseable {
  private static final double SECONDS_BETWEEN_LINES = 5;
  private static final double SECONDS_BETWEEN_CHANGES = 0.2;

  /** How far the rate looks back. */
  private static final double MEMORY = 5;

  private static final String CLEAR = "\r\u001b[K";

  private final PrintStream err;
  private final boolean quiet;
  private final boolean terminal;
  private final Cancellation cancellation;
  private final Cancellation.Stretch stretch;
  private long total;
  private long done;
  private long fetched;
  private double rate;
  private double sampled;
  private long sampledAt;
  private double shown;
  private boolean drawn;

  PullProgress(Session session, OutputOptions output) {
    this.err = session.console().err();
    this.quiet = output.quiet();
    this.terminal = session.redraws();
    this.cancellation = session.cancellation();
    this.stretch = cancellation.stretch();
  }

  @Override
  public synchronized void planned(PullPlan plan) {
    total = plan.bytes();
    done = plan.there();
    sampledAt = done;
    sampled = now();
    shown = sampled;
  }

  @Override
  public synchronized void update(Report report) {
    fetched += Math.max(0, report.done() - done);
    done = report.done();
    double now = now();
    if (quiet || now - shown < (terminal ? SECONDS_BETWEEN_CHANGES : SECONDS_BETWEEN_LINES)) {
      return;
    }
    double seconds = Math.max(1e-3, now - sampled);
    double current = Math.max(0, (done - sampledAt) / seconds);
    double weight = rate == 0 ? 1 : 1 - Math.exp(-seconds / MEMORY);
    rate += weight * (current - rate);
    sampled = now;
    sampledAt = done;
    shown = now;
    String line =
        "pulling %s of %s, %s/s%s"
            .formatted(
                Units.bytes(done),
                Units.bytes(total),
                Units.bytes((long) rate),
                rate > 0 ? ", " + time((total - done) / rate) + " to go" : "");
    if (terminal) {
      err.print(CLEAR + line);
      err.flush();
      drawn = true;
    } else {
      err.println(line);
    }
  }

  /** {@code 3 h 10 min}, {@code 2 min 5 s}, {@code 12 s}. */
  static String time(double seconds) {
    long s = Math.max(0, Math.round(seconds));
    if (s >= 3600) {
      return "%s h %s min".formatted(s / 3600, s / 60 % 60);
    }
    return s >= 60 ? "%s min %s s".formatted(s / 60, s % 60) : s + " s";
  }

  @Override
  public synchronized void note(String line) {
    if (!quiet) {
      clear();
      err.println(line);
    }
  }

  /** Bytes that came over the network. */
  synchronized long fetched() {
    return fetched;
  }

  /** Bytes that are there, of those that are wanted. */
  synchronized String state() {
    return total == 0
        ? "nothing was downloaded yet"
        : "%s of %s are kept"
            .formatted(Units.bytes(Math.clamp(done, 0, total)), Units.bytes(total));
  }

  @Override
  public boolean cancelled() {
    return cancellation.cancelled();
  }

  private void clear() {
    if (drawn) {
      err.print(CLEAR);
      err.flush();
      drawn = false;
    }
  }

  private static double now() {
    return System.nanoTime() / 1e9;
  }

  @Override
  public synchronized void close() {
    clear();
    stretch.close();
  }
}
