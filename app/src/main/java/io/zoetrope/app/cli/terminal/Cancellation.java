package io.zoetrope.app.cli.terminal;

import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import sun.misc.Signal;

/**
 * Ctrl-C. While a command works in steps, the first one asks it to stop after the step, so that it
 * cleans up behind itself; a second one, or one while nothing can be asked, ends the process.
 */
public final class Cancellation {
  private static final int INTERRUPTED = 130;
  private static final int TERMINATED = 143;

  private final AtomicInteger askable = new AtomicInteger();
  private volatile boolean cancelled;
  private volatile int exitCode = INTERRUPTED;

  /** Takes the process's interrupt and terminate signals. */
  public void listen() {
    Signal.handle(new Signal("INT"), signal -> interrupt(INTERRUPTED));
    Signal.handle(new Signal("TERM"), signal -> interrupt(TERMINATED));
  }

  private void interrupt(int code) {
    if (cancelled || askable.get() == 0) {
      // Shutdown hooks still run: temporary files go.
      System.exit(code);
    }
    exitCode = code;
    cancelled = true;
  }

  /** With what a process ends that was cancelled: 130, or 143 if it was told to terminate. */
  public int exitCode() {
    return exitCode;
  }

  /** Asks the running command to stop at its next step. */
  public void cancel() {
    cancelled = true;
  }

  public boolean cancelled() {
    return cancelled;
  }

  /** Stops here if somebody asked for it. */
  public void check() {
    if (cancelled) {
      throw new CancellationException("cancelled");
    }
  }

  /** Marks a stretch of work that asks {@link #cancelled} between its steps. */
  public Stretch stretch() {
    askable.incrementAndGet();
    return askable::decrementAndGet;
  }

  /** Work that can be asked to stop. */
  @FunctionalInterface
  public interface Stretch extends AutoCloseable {
    @Override
    void close();
  }
}
