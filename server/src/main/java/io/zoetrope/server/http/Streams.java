package io.zoetrope.server.http;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** Streams of events that are open: no more than so many at a time. */
public final class Streams {
  private final int most;
  private final AtomicInteger open = new AtomicInteger();

  Streams(int most) {
    this.most = most;
  }

  /** A place that is taken until it is closed. */
  public interface Place extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Takes a place.
   *
   * @throws HttpError if there is none
   */
  public Place take() {
    if (open.incrementAndGet() > most) {
      open.decrementAndGet();
      throw HttpError.tooMany(
          "rate_limit_exceeded",
          "%s streams of events are open, and there may be no more: close one".formatted(most),
          Duration.ofSeconds(10));
    }
    AtomicInteger left = new AtomicInteger(1);
    return () -> open.addAndGet(-left.getAndSet(0));
  }

  /** How many are open. */
  public int open() {
    return open.get();
  }
}
